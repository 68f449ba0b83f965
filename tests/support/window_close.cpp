#include "support/window_driver.h"
#include "support/window_xlib.h"

#include <memory>
#include <stdexcept>

#include <X11/Xatom.h>
#include <X11/Xutil.h>

namespace headroom::test {
namespace {

bool has_class(Display* display, Window window, const std::string& wanted) {
  XClassHint hint{};
  if (XGetClassHint(display, window, &hint) == 0) return false;
  const std::unique_ptr<char, FreeMemory> name(hint.res_name);
  const std::unique_ptr<char, FreeMemory> window_class(hint.res_class);
  return wanted == hint.res_class;
}

}  // namespace

void set_resources(const std::string& display_name, const std::string& resources) {
  const std::unique_ptr<Display, CloseDisplay> display(XOpenDisplay(display_name.c_str()));
  if (!display) throw std::runtime_error("no display " + display_name);
  XChangeProperty(display.get(), DefaultRootWindow(display.get()), XA_RESOURCE_MANAGER, XA_STRING,
                  8, PropModeReplace, reinterpret_cast<const unsigned char*>(resources.data()),
                  static_cast<int>(resources.size()));
  XSync(display.get(), 0);
}

std::optional<Window> find_window(Display* display, const std::string& window_class) {
  Window root = 0;
  Window parent = 0;
  Window* found = nullptr;
  unsigned count = 0;
  XQueryTree(display, DefaultRootWindow(display), &root, &parent, &found, &count);
  const std::unique_ptr<Window, FreeMemory> windows(found);
  for (unsigned i = 0; i < count; ++i) {
    if (has_class(display, found[i], window_class)) return found[i];
  }
  return std::nullopt;
}

bool request_close(const std::string& display_name, const std::string& window_class) {
  const DisplayHandle display(XOpenDisplay(display_name.c_str()));
  if (!display) return false;
  const auto window = find_window(display.get(), window_class);
  if (!window) return false;
  XEvent event{};
  event.xclient.type = ClientMessage;
  event.xclient.window = *window;
  event.xclient.message_type = XInternAtom(display.get(), "WM_PROTOCOLS", 0);
  event.xclient.format = 32;
  event.xclient.data.l[0] = static_cast<long>(XInternAtom(display.get(), "WM_DELETE_WINDOW", 0));
  XSendEvent(display.get(), *window, 0, NoEventMask, &event);
  XFlush(display.get());
  return true;
}

}  // namespace headroom::test
