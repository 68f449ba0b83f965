#pragma once
#include "headroom/gui_actions/action_context.h"

#include <string>

namespace headroom {

// The prompt as a whole; letters are typed into its field.
class PromptActions {
 public:
  explicit PromptActions(const ActionContext& context) : context_(context) {}

  void set(const std::string& prompt);  // with a way back
  // Through the prompts of this session.
  void older();
  void newer();

 private:
  ActionContext context_;
};

}  // namespace headroom
