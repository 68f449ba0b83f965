#include "frame_drawer.h"

#include <cmath>

namespace headroom {

PixelBox pixels_of(const ImDrawData& data, const Area& area) {
  const auto pixel = [](float at) { return static_cast<int>(std::lround(at)); };
  const ImVec2 scale = data.FramebufferScale;
  const ImVec2 origin = data.DisplayPos;
  return {pixel((area.low.x - origin.x) * scale.x), pixel((area.low.y - origin.y) * scale.y),
          pixel((area.high.x - origin.x) * scale.x), pixel((area.high.y - origin.y) * scale.y)};
}

}  // namespace headroom
