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

// The LoRAs that prompts ask for while a program runs, and forecasters for runs with them.
// Thread-safe; no function waits for a run.
class LoraSets {
 public:
  // Finds the file for a name in a prompt. Throws Error.
  using Find = std::function<std::filesystem::path(const std::string& name)>;
  // `options` and `plain` are for runs without LoRAs; `load_past_runs` is called with each new
  // forecaster.
  LoraSets(PipelineOptions options, std::shared_ptr<Forecaster> plain, Find find,
           std::function<void(Forecaster&)> load_past_runs);

  struct Found {
    std::filesystem::path file;
    int keys = 0;
    int matched_keys = 0;    // keys that change the model
    std::int64_t bytes = 0;  // on the device
  };
  // Checks a file against the model. Throws Error when it does not fit.
  [[nodiscard]] Found look_into(const std::filesystem::path& file) const;
  // Finds and checks a tag's file. Throws Error when it does not exist or does not fit the model.
  [[nodiscard]] Found look(const LoraTag& tag) const;
  // Makes a file available to prompts and returns the name to use in them. Throws Error as above.
  std::string add(const std::filesystem::path& file);

  // Opens all LoRAs that the prompt's tags ask for; null = none. Throws Error as above.
  [[nodiscard]] std::shared_ptr<const OpenedLoras> open(const std::string& prompt) const;
  // A forecaster for runs with the LoRAs of these tags. Throws Error as above.
  [[nodiscard]] std::shared_ptr<Forecaster> forecaster(const std::string& tags);
  // The same for LoRAs that are open already.
  [[nodiscard]] std::shared_ptr<Forecaster> forecaster(
      std::shared_ptr<const OpenedLoras> opened_loras);
  // Learns from a finished run.
  void learn(const RunRecord& run_record);

  [[nodiscard]] const PipelineOptions& options() const { return options_; }

 private:
  struct Known {
    std::shared_ptr<const OpenedLoras> opened_loras;
    std::shared_ptr<Forecaster> forecaster;
  };
  [[nodiscard]] Found found(const LoraTag& tag, const std::filesystem::path& file) const;
  [[nodiscard]] std::filesystem::path file_of(const std::string& name) const;
  [[nodiscard]] std::shared_ptr<Forecaster> known(const std::string& key, std::int64_t values);

  const PipelineOptions options_;
  const std::shared_ptr<Forecaster> plain_;
  const Find find_;
  const std::function<void(Forecaster&)> load_past_runs_;
  // Guards what follows; not held while files are opened or for dry runs.
  mutable std::mutex mutex_;
  std::map<std::string, std::filesystem::path> files_;  // files that were added, by name
  std::map<std::string, Known> known_;                  // key: the names of their tags
};

// A generator that opens the LoRAs of each request's prompt. When the LoRAs or their strengths
// change, the model is loaded again.
[[nodiscard]] std::unique_ptr<ImageGenerator> make_generator(
    std::shared_ptr<const PromptTokenizer> tokenizer, std::shared_ptr<LoraSets> sets);

}  // namespace headroom
