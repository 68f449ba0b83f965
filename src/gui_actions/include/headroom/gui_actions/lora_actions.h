#pragma once
#include "headroom/gui_actions/action_context.h"

#include <filesystem>
#include <string>

namespace headroom {

struct LoraChip;

// The LoRAs that the prompt asks for.
class LoraActions {
 public:
  explicit LoraActions(const ActionContext& context) : context_(context) {}

  void open_list();  // of those that are found, which are looked for then
  // The prompt asks for the LoRA in a file; one that does not fit is refused.
  void add(const std::filesystem::path& file);
  void set_strength(const LoraChip& chip, double strength);
  void toggle(const LoraChip& chip);  // on or off
  void remove(const LoraChip& chip);

 private:
  void put_prompt(std::string prompt);

  ActionContext context_;
};

}  // namespace headroom
