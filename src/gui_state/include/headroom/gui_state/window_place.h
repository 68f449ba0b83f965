#pragma once

namespace headroom {

// Where a window lies: screen coordinates and pixels.
struct WindowPlace {
  int x = 0, y = 0, width = 0, height = 0;
  bool maximized = false;
};

}  // namespace headroom
