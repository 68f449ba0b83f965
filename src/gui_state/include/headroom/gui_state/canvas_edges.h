#pragma once
#include "headroom/core/size.h"
#include "headroom/image/extend.h"

namespace headroom {

// The canvas of the picture that the next one starts from: dragged beyond the picture, it gets
// margins that are painted anew.

enum class CanvasEdge { kLeft, kTop, kRight, kBottom };

// While an edge is held.
struct CanvasDrag {
  CanvasEdge edge = CanvasEdge::kRight;
  Margins from;      // as they were before
  Size size_before;  // of the next picture, likewise
  double strength_before = 1;
};

// The margins once an edge was dragged outwards by `by_px` pixels of the picture, or inwards with
// less than 0: the nearest with which a picture of this size reaches multiples of `unit` px, of at
// most kMaxSide_px. None for the smallest such canvas, which the picture fills once it is cut.
[[nodiscard]] Margins dragged(Margins from, CanvasEdge edge, double by_px, Size picture, int unit);

}  // namespace headroom
