#pragma once
#include "headroom/gui_actions/action_context.h"

#include <filesystem>
#include <string>

namespace headroom {

struct LoraChip;

// Changes which LoRAs the prompt asks for.
class LoraActions {
 public:
  explicit LoraActions(const ActionContext& context) : context_(context) {}

  void open_list();  // the list of LoRAs, for which a search starts
  // Adds the LoRA in a file to the prompt; refuses one that does not fit.
  void add(const std::filesystem::path& file);
  void set_strength(const LoraChip& chip, double strength);
  void toggle(const LoraChip& chip);  // switches it on or off
  void remove(const LoraChip& chip);

 private:
  void put_prompt(std::string prompt);

  ActionContext context_;
};

}  // namespace headroom
