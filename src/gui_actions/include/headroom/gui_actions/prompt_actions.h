#pragma once
#include "headroom/gui_actions/action_context.h"

#include <optional>
#include <string>

namespace headroom {

// Changes the prompt as a whole; its field handles typing.
class PromptActions {
 public:
  explicit PromptActions(const ActionContext& context) : context_(context) {}

  void set(const std::string& prompt);  // can be undone
  // Go through the prompts of this session; each can be undone.
  void older();
  void newer();

 private:
  void put(std::optional<std::string> prompt);

  ActionContext context_;
};

}  // namespace headroom
