#pragma once
#include "headroom/gui_actions/action_context.h"

#include <cstddef>

namespace headroom {

// Selects pictures, and hands the selected one to the desktop.
class PictureActions {
 public:
  explicit PictureActions(const ActionContext& context) : context_(context) {}

  void select(std::size_t index);
  void step(int by);  // after the last picture comes the running job
  void show_live();
  // Copies the picture to the clipboard; its path where only text is accepted.
  void copy();
  void copy_path();
  void show_in_folder();

 private:
  ActionContext context_;
};

}  // namespace headroom
