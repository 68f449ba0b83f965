#pragma once
#include "headroom/gui_state/canvas_view.h"

#include <vector>

namespace headroom {

// What a tip lies among. All in screen pixels.
struct TipRoom {
  Rect screen;
  Rect item;               // that is explained; the tip lies beside it
  std::vector<Rect> work;  // what it covers as little of as can be
  std::vector<Rect> rest;  // what it had better not cover
  double gap = 6;          // between the tip and what it lies beside
};

// How much of `work` a tip at `tip` covers, in square pixels.
[[nodiscard]] double covered(const Rect& tip, const std::vector<Rect>& work);

// The place of a tip of this size: on the screen, beside its item, where it covers least of the
// work, and among such places the one nearest to the item. A tip that is larger than the screen
// begins at its left upper corner.
[[nodiscard]] Rect place_tip(const TipRoom& room, double width, double height);

}  // namespace headroom
