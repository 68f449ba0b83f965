#pragma once
#include "headroom/gui_state/canvas_view.h"

#include <vector>

namespace headroom {

// The surroundings of a tooltip. All in screen pixels.
struct TipRoom {
  Rect screen;
  Rect item;               // the explained item; the tooltip is placed beside it
  std::vector<Rect> work;  // what it should cover as little as possible
  std::vector<Rect> rest;  // what it should avoid covering
  double gap = 6;          // between the tooltip and what it is beside
};

// The area of `work` that a tooltip at `tip` covers, in square pixels.
[[nodiscard]] double covered(const Rect& tip, const std::vector<Rect>& work);

// Places a tooltip of this size: on the screen, beside its item, where it covers least of the
// work, and as near to the item as possible. A tooltip larger than the screen begins at its upper
// left corner.
[[nodiscard]] Rect place_tip(const TipRoom& room, double width, double height);

}  // namespace headroom
