#pragma once
// For files that use Xlib, whose header defines macros such as None and Bool.
#include <memory>
#include <optional>
#include <string>

#include <X11/Xlib.h>

namespace headroom::test {

struct CloseDisplay {
  void operator()(Display* display) const { XCloseDisplay(display); }
};
struct FreeMemory {
  void operator()(void* memory) const { XFree(memory); }
};
using DisplayHandle = std::unique_ptr<Display, CloseDisplay>;

// The child of the root window whose class is `window_class`.
std::optional<Window> find_window(Display* display, const std::string& window_class);

}  // namespace headroom::test
