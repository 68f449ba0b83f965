#pragma once
#include "headroom/gui_actions/action_context.h"

#include <cstddef>

namespace headroom {

// Which picture is looked at, and what the desktop does with that one.
class PictureActions {
 public:
  explicit PictureActions(const ActionContext& context) : context_(context) {}

  void select(std::size_t index);
  void step(int by);  // past the last one: the running job
  void show_live();
  // The picture itself, to the clipboard; its path where the desktop takes text only.
  void copy();
  void copy_path();
  void show_in_folder();

 private:
  ActionContext context_;
};

}  // namespace headroom
