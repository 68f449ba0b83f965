#pragma once
#include "headroom/engine/model_on_device.h"
#include "headroom/gui_state/undo.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// LoRAs are tags in the prompt, so that the prompt alone can make a picture again. Returns none
// for a prompt whose tags cannot be read.
[[nodiscard]] std::vector<LoraTag> lora_tags(const std::string& prompt);
// The prompt with its n-th tag replaced by another, or removed.
[[nodiscard]] std::string with_lora(const std::string& prompt, std::size_t n,
                                    const std::optional<LoraTag>& tag);
[[nodiscard]] std::string with_lora(const std::string& prompt, const LoraTag& tag);  // at the end
// What memory depends on: the tags that have an effect, all with strength 1.
[[nodiscard]] std::string loras_of_run(const std::string& prompt);

// A LoRA of the next picture, or one that is switched off.
struct LoraChip {
  LoraTag tag;
  bool on = true;                    // off: kept beside the prompt
  std::size_t place = 0;             // index in the prompt's tags, or in those that are off
  std::optional<FoundLora> found{};  // empty: `trouble` says why
  Message trouble{};
};

// Looks up the prompt's tags when they change; files that were missing are looked for again. One
// thread.
class LoraWatch {
 public:
  // Uses this model from now on and makes the dropped files known to it; earlier answers are
  // forgotten.
  void use(std::shared_ptr<const ModelOnDevice> model,
           const std::vector<std::filesystem::path>& files);
  // For all LoRAs of the settings, those in the prompt first; `now` in seconds.
  [[nodiscard]] std::vector<LoraChip> chips(const Settings& settings, double now);

 private:
  struct Known {
    std::string name;
    std::optional<FoundLora> found;
    Message trouble;
    double at = 0;
  };
  const Known& look(const LoraTag& tag, double now);
  std::shared_ptr<const ModelOnDevice> model_;
  std::vector<Known> known_;
};

}  // namespace headroom
