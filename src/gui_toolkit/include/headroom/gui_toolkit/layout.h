#pragma once
#include "headroom/gui_state/canvas_view.h"

namespace headroom {

// The smallest window in which nothing overlaps, in design pixels.
inline constexpr int kLeastWidth_px = 640;
inline constexpr int kLeastHeight_px = 480;

// How the panels share the window. Limits are in design pixels: screen pixels divided by the
// scale.
enum class LayoutKind {
  kWide,   // width from 1440
  kUsual,  // width from 1200 and height from 760: a laptop
  // Width from 1000: settings fold, and the picture's settings are a drawer over the canvas.
  kNarrow,
  kComposer  // narrower, such as half a screen: the settings are below the picture
};

// The window's size, and what the user has opened.
struct LayoutInput {
  double width_px = 1280, height_px = 800;  // screen pixels
  double scale = 1;
  bool details_open = false;  // the drawer, in layouts that have it
  double composer_px = 0;     // height its content needs, screen pixels; 0 = unknown
};

// The rectangles of the panels, in screen pixels.
struct Layout {
  LayoutKind kind = LayoutKind::kUsual;
  // `make`: prompt and settings; at the left, or the composer.
  Rect top, make, canvas, details, memory;
  bool details_shown = true;
  bool details_are_a_drawer = false;  // which covers the canvas
  [[nodiscard]] bool folds() const {
    return kind == LayoutKind::kNarrow || kind == LayoutKind::kComposer;
  }
};

[[nodiscard]] Layout lay_out(const LayoutInput& input);

}  // namespace headroom
