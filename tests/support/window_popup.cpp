// Finds what an input method shows on the screen.
#include "support/window_driver.h"
#include "support/window_xlib.h"

#include <chrono>
#include <functional>
#include <thread>

namespace headroom::test {
namespace {

bool poll(double seconds, const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

// The first visible window other than `ours`, looking through the window manager's frames.
std::optional<Place> popup_beside(Display* display, Window ours) {
  Window root = 0;
  Window parent = 0;
  Window* found = nullptr;
  unsigned count = 0;
  XQueryTree(display, DefaultRootWindow(display), &root, &parent, &found, &count);
  const std::unique_ptr<Window, FreeMemory> windows(found);
  for (unsigned i = 0; i < count; ++i) {
    XWindowAttributes a{};
    if (found[i] == ours || XGetWindowAttributes(display, found[i], &a) == 0) continue;
    if (a.map_state == IsViewable && a.override_redirect != 0 && a.width > 8 && a.height > 8)
      return Place{a.x, a.y, a.width, a.height};
  }
  return std::nullopt;
}

}  // namespace

bool wait_for_input_method(const std::string& display_name, const std::string& name,
                           double seconds) {
  const DisplayHandle display(XOpenDisplay(display_name.c_str()));
  if (!display) return false;
  const Atom server = XInternAtom(display.get(), ("@server=" + name).c_str(), 0);
  return poll(seconds, [&] { return XGetSelectionOwner(display.get(), server) != 0; });
}

std::optional<Place> wait_for_popup(const std::string& display_name,
                                    const std::string& window_class, double seconds) {
  const DisplayHandle display(XOpenDisplay(display_name.c_str()));
  if (!display) return std::nullopt;
  const auto ours = find_window(display.get(), window_class);
  std::optional<Place> place;
  if (ours) {
    poll(seconds, [&] { return (place = popup_beside(display.get(), *ours)).has_value(); });
  }
  return place;
}

}  // namespace headroom::test
