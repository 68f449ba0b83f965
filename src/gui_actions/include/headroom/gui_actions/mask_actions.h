#pragma once
#include "headroom/gui_actions/start_actions.h"

namespace headroom {

// The mask of the start picture, and the tool that paints it.
class MaskActions {
 public:
  MaskActions(const ActionContext& context, StartActions& start)
      : context_(context), start_(start) {}

  void open_tool();
  // Makes the selected picture the start picture, if it is not already, and opens the tool on it.
  void paint_selected();
  void close_tool();
  void put(PaintedMask painted);
  void invert();
  void remove();  // can be undone

 private:
  ActionContext context_;
  StartActions& start_;
};

}  // namespace headroom
