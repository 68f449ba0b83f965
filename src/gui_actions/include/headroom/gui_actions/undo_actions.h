#pragma once
#include "headroom/gui_actions/size_actions.h"

namespace headroom {

// Undo and redo for prompt, settings, jobs removed from the queue and pictures removed from the
// window.
class UndoActions {
 public:
  UndoActions(const ActionContext& context, SizeActions& size) : context_(context), size_(size) {}

  void undo();
  void redo();
  // The same from within the prompt's field, where only steps that change the prompt are seen.
  void undo_prompt();
  void redo_prompt();

 private:
  ActionContext context_;
  SizeActions& size_;
};

}  // namespace headroom
