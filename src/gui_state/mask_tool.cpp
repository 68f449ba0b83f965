#include "headroom/gui_state/mask_tool.h"

#include <algorithm>

namespace headroom {

void MaskTool::close() {
  on = false;
  drawn.reset();
  opening.reset();
}

void MaskTool::change_brush(bool larger) {
  const int step = std::max(2, brush_px / 8);
  brush_px = std::clamp(brush_px + (larger ? step : -step), kLeastBrush_px, kMostBrush_px);
}

void MaskLook::follow(const MaskPointer& mask) {
  if (mask == mask_) return;
  mask_ = mask;
  grey_ = std::make_shared<const GreyImage>(mask->grey());
  edges_ = mask->edges();
}

double MaskLook::share(const MaskPointer& mask, Size wanted) {
  if (mask != shared_of_ || wanted != wanted_) {
    shared_of_ = mask;
    wanted_ = wanted;
    share_ = mask ? mask->share(mask->used_for(wanted)) : 0;
  }
  return share_;
}

}  // namespace headroom
