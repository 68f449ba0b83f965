#include "headroom/pipeline/lora_sets.h"

#include <utility>
#include <vector>

namespace headroom {
namespace {

constexpr std::size_t kMaxKnown = 8;

// Memory depends on which LoRAs are used, but not on their strengths.
std::string key_of(const std::vector<LoraTag>& tags) {
  std::string key;
  for (const LoraTag& tag : tags) {
    if (tag.strength != 0) key += write_lora_tag({tag.name});
  }
  return key;
}

class LoraGenerator final : public ImageGenerator {
 public:
  LoraGenerator(std::shared_ptr<const PromptTokenizer> tokenizer, std::shared_ptr<LoraSets> sets)
      : tokenizer_(std::move(tokenizer)), sets_(std::move(sets)) {}

  void generate(const GenerationRequest& request, ProgressSink& progress,
                std::stop_token stop) override {
    // Decoding alone needs no transformer.
    const std::string prompt = request.sampled ? std::string() : request.prompt;
    std::vector<LoraTag> tags = take_lora_tags(prompt).loras;
    if (!generator_ || (!request.sampled && tags != tags_)) {
      PipelineOptions options = sets_->options();
      options.opened_loras = sets_->open(prompt);
      std::shared_ptr<Forecaster> forecaster = sets_->forecaster(options.opened_loras);
      generator_.reset();  // memory may not hold two models
      generator_ = make_generator(std::move(options), tokenizer_, std::move(forecaster));
      tags_ = std::move(tags);
    }
    generator_->generate(request, progress, std::move(stop));
  }

 private:
  const std::shared_ptr<const PromptTokenizer> tokenizer_;
  const std::shared_ptr<LoraSets> sets_;
  std::vector<LoraTag> tags_;  // LoRAs of the generator
  std::unique_ptr<ImageGenerator> generator_;
};

}  // namespace

LoraSets::LoraSets(PipelineOptions options, std::shared_ptr<Forecaster> plain, Find find,
                   std::function<void(Forecaster&)> load_past_runs)
    : options_(std::move(options)),
      plain_(std::move(plain)),
      find_(std::move(find)),
      load_past_runs_(std::move(load_past_runs)) {}

std::filesystem::path LoraSets::file_of(const std::string& name) const {
  {
    const std::scoped_lock lock(mutex_);
    if (const auto added = files_.find(name); added != files_.end()) return added->second;
  }
  return find_(name);
}

LoraSets::Found LoraSets::look_into(const std::filesystem::path& file) const {
  return found({tag_name(file.stem().string())}, file);
}

LoraSets::Found LoraSets::look(const LoraTag& tag) const { return found(tag, file_of(tag.name)); }

LoraSets::Found LoraSets::found(const LoraTag& tag, const std::filesystem::path& file) const {
  const OpenedLoras one(options_.model.transformer, {{tag, file}});
  const OpenedLoras::Lora& lora = one.loras().front();
  return {file, lora.keys, lora.matched_keys, lora_bytes(one, options_.dtype, options_.device)};
}

std::string LoraSets::add(const std::filesystem::path& file) {
  std::string name = tag_name(file.stem().string());
  const OpenedLoras fits(options_.model.transformer, {{{name}, file}});
  const std::scoped_lock lock(mutex_);
  files_[name] = file;
  return name;
}

std::shared_ptr<const OpenedLoras> LoraSets::open(const std::string& prompt) const {
  std::vector<AskedLora> asked;
  for (LoraTag& tag : take_lora_tags(prompt).loras) {
    std::filesystem::path file = file_of(tag.name);
    asked.push_back({std::move(tag), std::move(file)});
  }
  if (asked.empty()) return nullptr;
  return std::make_shared<const OpenedLoras>(options_.model.transformer, asked);
}

std::shared_ptr<Forecaster> LoraSets::known(const std::string& key, std::int64_t values) {
  const std::scoped_lock lock(mutex_);
  const auto found = known_.find(key);
  const bool is_same =
      found != known_.end() && (values < 0 || found->second.opened_loras->values() == values);
  return is_same ? found->second.forecaster : nullptr;
}

std::shared_ptr<Forecaster> LoraSets::forecaster(const std::string& tags) {
  const std::string key = key_of(take_lora_tags(tags).loras);
  if (key.empty()) return plain_;
  if (auto forecaster = known(key, -1)) return forecaster;
  return forecaster(open(key));
}

std::shared_ptr<Forecaster> LoraSets::forecaster(std::shared_ptr<const OpenedLoras> opened_loras) {
  if (!opened_loras) return plain_;
  const std::string key = key_of(opened_loras->tags());
  // The file may have changed since then.
  if (auto forecaster = known(key, opened_loras->values())) return forecaster;
  PipelineOptions options = options_;
  options.opened_loras = opened_loras;
  std::shared_ptr<Forecaster> made = options_.make_forecaster(std::move(options));
  if (load_past_runs_) load_past_runs_(*made);
  const std::scoped_lock lock(mutex_);
  if (known_.size() >= kMaxKnown) known_.clear();
  known_[key] = {std::move(opened_loras), made};
  return made;
}

void LoraSets::learn(const RunRecord& run_record) {
  std::vector<std::shared_ptr<Forecaster>> all;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [key, known] : known_) all.push_back(known.forecaster);
  }
  for (const auto& forecaster : all) forecaster->learn(run_record);
}

std::unique_ptr<ImageGenerator> make_generator(std::shared_ptr<const PromptTokenizer> tokenizer,
                                               std::shared_ptr<LoraSets> sets) {
  return std::make_unique<LoraGenerator>(std::move(tokenizer), std::move(sets));
}

}  // namespace headroom
