#pragma once
#include "headroom/core/size.h"
#include "headroom/gui_actions/action_context.h"

namespace headroom {

// Makes kept pictures anew and larger: what `headroom finish` does.
class FinishActions {
 public:
  explicit FinishActions(const ActionContext& context) : context_(context) {}

  // Sends the selected picture to the queue, to be finished at `size` as UiState::finish has it.
  // What is wrong with its file becomes a banner.
  void start(Size size);

 private:
  ActionContext context_;
};

}  // namespace headroom
