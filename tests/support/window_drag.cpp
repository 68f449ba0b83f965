// The source of a drag, by the protocol XDND (version 5).
#include "support/window_driver.h"
#include "support/window_xlib.h"

#include <array>
#include <chrono>
#include <thread>

#include <X11/Xatom.h>

namespace headroom::test {
namespace {

class Drag {
 public:
  Drag(Display* display, Window target, std::string data)
      : display_(display),
        target_(target),
        data_(std::move(data)),
        source_(XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, 1, 1, 0, 0, 0)),
        uri_list_(atom("text/uri-list")) {
    XSetSelectionOwner(display_, atom("XdndSelection"), source_, CurrentTime);
  }
  ~Drag() { XDestroyWindow(display_, source_); }
  Drag(const Drag&) = delete;
  Drag& operator=(const Drag&) = delete;

  // Enters the window, moves to (x, y) and drops if the target agrees. Returns whether it took the
  // data.
  bool drop_at(int x, int y) {
    send("XdndEnter", 5L << 24, static_cast<long>(uri_list_), 0, 0);
    send("XdndPosition", 0, static_cast<long>(x) << 16 | y, CurrentTime,
         static_cast<long>(atom("XdndActionCopy")));
    const auto status = wait_for("XdndStatus");
    if (!status || ((*status)[1] & 1) == 0) {
      send("XdndLeave", 0, 0, 0, 0);
      return false;
    }
    send("XdndDrop", 0, CurrentTime, 0, 0);
    const auto finished = wait_for("XdndFinished");
    return finished && (*finished)[1] != 0;  // GLFW answers with the size of the data it took
  }

 private:
  [[nodiscard]] Atom atom(const char* name) const { return XInternAtom(display_, name, 0); }

  void send(const char* message, long a, long b, long c, long d) {
    XEvent event{};
    event.xclient.type = ClientMessage;
    event.xclient.window = target_;
    event.xclient.message_type = atom(message);
    event.xclient.format = 32;
    const std::array<long, 5> values{static_cast<long>(source_), a, b, c, d};
    for (std::size_t i = 0; i < values.size(); ++i) event.xclient.data.l[i] = values[i];
    XSendEvent(display_, target_, 0, NoEventMask, &event);
    XFlush(display_);
  }

  void answer(const XSelectionRequestEvent& request) {
    XEvent reply{};
    reply.xselection.type = SelectionNotify;
    reply.xselection.requestor = request.requestor;
    reply.xselection.selection = request.selection;
    reply.xselection.target = request.target;
    reply.xselection.time = request.time;
    if (request.target == uri_list_) {
      XChangeProperty(display_, request.requestor, request.property, uri_list_, 8, PropModeReplace,
                      reinterpret_cast<const unsigned char*>(data_.data()),
                      static_cast<int>(data_.size()));
      reply.xselection.property = request.property;
    }
    XSendEvent(display_, request.requestor, 0, NoEventMask, &reply);
    XFlush(display_);
  }

  // The message's five values; meanwhile the data is served.
  std::optional<std::array<long, 5>> wait_for(const char* message) {
    const Atom wanted = atom(message);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < deadline) {
      if (XPending(display_) == 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        continue;
      }
      XEvent event{};
      XNextEvent(display_, &event);
      if (event.type == SelectionRequest) answer(event.xselectionrequest);
      if (event.type == ClientMessage && event.xclient.message_type == wanted) {
        const long* const l = event.xclient.data.l;
        return std::array<long, 5>{l[0], l[1], l[2], l[3], l[4]};
      }
    }
    return std::nullopt;
  }

  Display* display_;
  Window target_;
  std::string data_;
  Window source_;
  Atom uri_list_;
};

}  // namespace

bool drag_onto(const std::string& display_name, const std::string& window_class, int x, int y,
               const std::vector<std::string>& uris) {
  const DisplayHandle display(XOpenDisplay(display_name.c_str()));
  if (!display) return false;
  const auto window = find_window(display.get(), window_class);
  if (!window) return false;
  std::string list;
  for (const std::string& uri : uris) list += uri + "\r\n";
  return Drag(display.get(), *window, list).drop_at(x, y);
}

}  // namespace headroom::test
