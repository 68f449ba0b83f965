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

// LoRAs are tags in the prompt, so that the prompt alone makes a picture again. Of a prompt whose
// tags cannot be read there are none.
[[nodiscard]] std::vector<LoraTag> lora_tags(const std::string& prompt);
// The prompt with another tag in the place of its n-th one, or without it.
[[nodiscard]] std::string with_lora(const std::string& prompt, std::size_t n,
                                    const std::optional<LoraTag>& tag);
[[nodiscard]] std::string with_lora(const std::string& prompt, const LoraTag& tag);  // at the end
// What memory depends on: tags of those that have an effect, all with the strength 1.
[[nodiscard]] std::string loras_of_run(const std::string& prompt);

// A LoRA that the next picture is made with, or may be.
struct LoraChip {
  LoraTag tag;
  bool on = true;                    // off: it is kept beside the prompt
  std::size_t place = 0;             // among the tags of the prompt, or among those that are off
  std::optional<FoundLora> found{};  // else `trouble` says why not
  Message trouble{};
};

// Finds what tags stand for, when they change; what was not there is looked for again. One thread.
class LoraWatch {
 public:
  // Asks this model from now on, which learns of the files that were dropped; what was known is
  // forgotten.
  void use(std::shared_ptr<const ModelOnDevice> model,
           const std::vector<std::filesystem::path>& files);
  // Of the settings, those in the prompt first; `now` in seconds.
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
