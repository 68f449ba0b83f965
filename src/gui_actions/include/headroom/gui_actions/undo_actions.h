#pragma once
#include "headroom/gui_actions/size_actions.h"

namespace headroom {

// The way back for prompt, settings, jobs that left the queue and pictures that left the window.
class UndoActions {
 public:
  UndoActions(const ActionContext& context, SizeActions& size) : context_(context), size_(size) {}

  void undo();
  void redo();

 private:
  ActionContext context_;
  SizeActions& size_;
};

}  // namespace headroom
