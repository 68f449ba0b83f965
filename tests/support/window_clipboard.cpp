// A program that owns the clipboard but does not answer.
#include "support/window_driver.h"
#include "support/window_xlib.h"

#include <stdexcept>

namespace headroom::test {

struct SilentOwner::State {
  DisplayHandle display;
};

SilentOwner::SilentOwner(const std::string& display_name)
    : state_(new State{DisplayHandle(XOpenDisplay(display_name.c_str()))}) {
  Display* const display = state_->display.get();
  if (display == nullptr) throw std::runtime_error("no display " + display_name);
  const Atom clipboard = XInternAtom(display, "CLIPBOARD", 0);
  const Window window =
      XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, 1, 1, 0, 0, 0);
  XSetSelectionOwner(display, clipboard, window, CurrentTime);
  XSync(display, 0);
  if (XGetSelectionOwner(display, clipboard) != window)
    throw std::runtime_error("the clipboard was not had");
}

SilentOwner::~SilentOwner() = default;

}  // namespace headroom::test
