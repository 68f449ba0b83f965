#pragma once
#include "headroom/gui_state/canvas_view.h"

namespace headroom {

// The smallest window in which nothing overlaps, in design pixels.
inline constexpr int kLeastWidth_px = 640;
inline constexpr int kLeastHeight_px = 480;

// How the panels share a window. The limits are in design pixels: screen pixels over the scale.
enum class LayoutKind {
  kWide,     // from 1440
  kUsual,    // from 1200, and 760 high: a laptop
  kNarrow,   // from 1000: settings fold, the picture's settings lie in a drawer over the canvas
  kComposer  // less, as half a screen: what to make is below the picture
};

// What the window has and what a person has opened.
struct LayoutInput {
  double width_px = 1280, height_px = 800;  // screen pixels
  double scale = 1;
  bool details_open = false;  // the drawer, where it is one
  double composer_px = 0;     // height that its content needs, screen pixels; 0 = not known yet
};

// Where the panels are, in screen pixels.
struct Layout {
  LayoutKind kind = LayoutKind::kUsual;
  Rect top, make, canvas, details, memory;  // `make`: what to make; at the left, or the composer
  bool details_shown = true;
  bool details_are_a_drawer = false;  // which lies over the canvas
  [[nodiscard]] bool folds() const {
    return kind == LayoutKind::kNarrow || kind == LayoutKind::kComposer;
  }
};

[[nodiscard]] Layout lay_out(const LayoutInput& input);

}  // namespace headroom
