// In a file of its own: Xlib's header defines words like None and Bool.
#include "support/window_driver.h"

#include <memory>
#include <stdexcept>

#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>

namespace headroom::test {
namespace {

struct CloseDisplay {
  void operator()(Display* display) const { XCloseDisplay(display); }
};
struct Free {
  void operator()(void* memory) const { XFree(memory); }
};

bool has_class(Display* display, Window window, const std::string& wanted) {
  XClassHint hint{};
  if (XGetClassHint(display, window, &hint) == 0) return false;
  const std::unique_ptr<char, Free> name(hint.res_name);
  const std::unique_ptr<char, Free> window_class(hint.res_class);
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

bool request_close(const std::string& display_name, const std::string& window_class) {
  const std::unique_ptr<Display, CloseDisplay> display(XOpenDisplay(display_name.c_str()));
  if (!display) return false;
  Window root = 0;
  Window parent = 0;
  Window* found = nullptr;
  unsigned count = 0;
  XQueryTree(display.get(), DefaultRootWindow(display.get()), &root, &parent, &found, &count);
  const std::unique_ptr<Window, Free> windows(found);
  for (unsigned i = 0; i < count; ++i) {
    if (!has_class(display.get(), found[i], window_class)) continue;
    XEvent event{};
    event.xclient.type = ClientMessage;
    event.xclient.window = found[i];
    event.xclient.message_type = XInternAtom(display.get(), "WM_PROTOCOLS", 0);
    event.xclient.format = 32;
    event.xclient.data.l[0] = static_cast<long>(XInternAtom(display.get(), "WM_DELETE_WINDOW", 0));
    XSendEvent(display.get(), found[i], 0, NoEventMask, &event);
    XFlush(display.get());
    return true;
  }
  return false;
}

}  // namespace headroom::test
