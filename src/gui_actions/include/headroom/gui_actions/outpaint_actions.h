#pragma once
#include "headroom/gui_actions/action_context.h"
#include "headroom/gui_state/canvas_edges.h"

namespace headroom {

// The canvas around the picture that the next one starts from.
class OutpaintActions {
 public:
  explicit OutpaintActions(const ActionContext& context) : context_(context) {}

  // An edge is taken; without a picture there is none.
  void begin(CanvasEdge edge);
  // It is `by_px` pixels of the picture further out than where it was taken: the size of the next
  // picture follows.
  void drag(double by_px);
  void end();      // one step for undo
  void give_up();  // all is as it was before
  void remove();   // with a way back

 private:
  ActionContext context_;
};

}  // namespace headroom
