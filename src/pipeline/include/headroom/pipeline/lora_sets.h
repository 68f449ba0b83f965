#pragma once
#include "headroom/pipeline/make_generator.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace headroom {

// The LoRAs that prompts ask for while a program runs, and what predicts runs with them.
// Thread-safe; nothing of it waits for a run.
class LoraSets {
 public:
  // The file of a name in a prompt. Throws Error.
  using Find = std::function<std::filesystem::path(const std::string& name)>;
  // `options` and `plain` are those of runs without LoRAs; `load_past_runs` is called with each new
  // forecaster.
  LoraSets(PipelineOptions options, std::shared_ptr<Forecaster> plain, Find find,
           std::function<void(Forecaster&)> load_past_runs);

  struct Found {
    std::filesystem::path file;
    int keys = 0;
    int matched_keys = 0;    // of them those that change the model
    std::int64_t bytes = 0;  // on the device
  };
  // What a file is for the model. Throws Error when it does not fit.
  [[nodiscard]] Found look_into(const std::filesystem::path& file) const;
  // What a tag stands for. Throws Error when it is not there or does not fit the model.
  [[nodiscard]] Found look(const LoraTag& tag) const;
  // Prompts mean this file from now on by the name that is returned. Throws Error as above.
  std::string add(const std::filesystem::path& file);

  // All that the tags in a prompt ask for; null = none. Throws Error as above.
  [[nodiscard]] std::shared_ptr<const Adapters> open(const std::string& prompt) const;
  // Predicts runs with what these tags ask for. Throws Error as above.
  [[nodiscard]] std::shared_ptr<Forecaster> forecaster(const std::string& tags);
  // The same where they are open already.
  [[nodiscard]] std::shared_ptr<Forecaster> forecaster(std::shared_ptr<const Adapters> adapters);
  // Tells of a finished run.
  void learn(const RunRecord& run_record);

  [[nodiscard]] const PipelineOptions& options() const { return options_; }

 private:
  struct Known {
    std::shared_ptr<const Adapters> adapters;
    std::shared_ptr<Forecaster> forecaster;
  };
  [[nodiscard]] Found found(const LoraTag& tag, const std::filesystem::path& file) const;
  [[nodiscard]] std::filesystem::path file_of(const std::string& name) const;
  [[nodiscard]] std::shared_ptr<Forecaster> known(const std::string& key, std::int64_t values);

  const PipelineOptions options_;
  const std::shared_ptr<Forecaster> plain_;
  const Find find_;
  const std::function<void(Forecaster&)> load_past_runs_;
  mutable std::mutex mutex_;  // guards what follows; held for no file and no dry run
  std::map<std::string, std::filesystem::path> files_;  // that were added, by name
  std::map<std::string, Known> known_;                  // by the names of their tags
};

// A generator that opens what each request's prompt asks for. Another set of LoRAs, or another
// strength, loads the model anew.
[[nodiscard]] std::unique_ptr<ImageGenerator> make_generator(
    std::shared_ptr<const PromptTokenizer> tokenizer, std::shared_ptr<LoraSets> sets);

}  // namespace headroom
