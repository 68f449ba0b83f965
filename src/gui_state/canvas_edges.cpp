#include "headroom/gui_state/canvas_edges.h"

#include "headroom/image/outpaint.h"

#include <algorithm>
#include <cmath>

namespace headroom {
namespace {

// One margin of an axis, whose other one and the picture together are `rest` px.
int margin_at(double wanted, int rest, int unit) {
  const int least = (rest + unit - 1) / unit;
  const int most = std::max(least, kMaxSide_px / unit);
  const auto units = static_cast<int>(std::lround((rest + std::max(0.0, wanted)) / unit));
  return std::clamp(units, least, most) * unit - rest;
}

}  // namespace

Margins dragged(Margins m, CanvasEdge edge, double by_px, Size picture, int unit) {
  by_px = std::clamp(by_px, -2.0 * kMaxSide_px, 2.0 * kMaxSide_px);
  switch (edge) {
    case CanvasEdge::kLeft:
      m.left = margin_at(m.left + by_px, picture.width + m.right, unit);
      break;
    case CanvasEdge::kTop:
      m.top = margin_at(m.top + by_px, picture.height + m.bottom, unit);
      break;
    case CanvasEdge::kRight:
      m.right = margin_at(m.right + by_px, picture.width + m.left, unit);
      break;
    case CanvasEdge::kBottom:
      m.bottom = margin_at(m.bottom + by_px, picture.height + m.top, unit);
      break;
  }
  m = whole_units(m, picture, unit);
  const Size smallest = extended_size(picture, whole_units({}, picture, unit));
  return extended_size(picture, m) == smallest ? Margins{} : m;
}

}  // namespace headroom
