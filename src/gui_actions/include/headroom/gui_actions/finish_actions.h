#pragma once
#include "headroom/core/size.h"
#include "headroom/gui_actions/action_context.h"

namespace headroom {

// Finishes pictures, that is, makes them again at a larger size, like `headroom finish`.
class FinishActions {
 public:
  explicit FinishActions(const ActionContext& context) : context_(context) {}

  // Adds a job that finishes the selected picture at `size` with the settings in UiState::finish.
  // A problem with its file becomes a banner.
  void start(Size size);

 private:
  ActionContext context_;
};

}  // namespace headroom
