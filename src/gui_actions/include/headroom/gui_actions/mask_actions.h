#pragma once
#include "headroom/gui_actions/start_actions.h"

namespace headroom {

// The mask of the picture that the next one starts from, and the tool that paints it.
class MaskActions {
 public:
  MaskActions(const ActionContext& context, StartActions& start)
      : context_(context), start_(start) {}

  void open_tool();
  // The selected picture becomes the one that the next starts from, where it is not, and the tool
  // opens on it.
  void paint_selected();
  void close_tool();
  void put(PaintedMask painted);
  void invert();
  void remove();  // with a way back

 private:
  ActionContext context_;
  StartActions& start_;
};

}  // namespace headroom
