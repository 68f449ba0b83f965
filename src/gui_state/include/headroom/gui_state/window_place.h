#pragma once

namespace headroom {

// Position (screen coordinates) and size (pixels) of a window.
struct WindowPlace {
  int x = 0, y = 0, width = 0, height = 0;
  bool maximized = false;
};

}  // namespace headroom
