#include "picture_clipboard.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <X11/Xatom.h>
#include <X11/Xlib.h>

namespace headroom {
namespace {

// A program that asks may be gone when it is answered; by default Xlib would end this program
// then.
class IgnoreErrors {
 public:
  explicit IgnoreErrors(Display* display)
      : display_(display), before_(XSetErrorHandler([](Display*, XErrorEvent*) { return 0; })) {}
  ~IgnoreErrors() {
    XSync(display_, False);
    XSetErrorHandler(before_);
  }
  IgnoreErrors(const IgnoreErrors&) = delete;
  IgnoreErrors& operator=(const IgnoreErrors&) = delete;

 private:
  Display* display_;
  XErrorHandler before_;
};

}  // namespace

struct PictureClipboard::State {
  // Data that is too large for one answer is sent in parts, each after the previous one was taken.
  struct Transfer {
    ::Window asker;
    Atom property;
    std::size_t sent = 0;
  };
  Display* display = XOpenDisplay(nullptr);
  ::Window window = 0;
  Atom clipboard = 0, targets = 0, png = 0, parts = 0;
  std::string bytes;  // empty: another program owns the clipboard
  std::vector<Transfer> transfers;

  State() {
    if (display == nullptr) return;
    window = XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, 1, 1, 0, 0, 0);
    const auto atom = [&](const char* name) { return XInternAtom(display, name, False); };
    clipboard = atom("CLIPBOARD");
    targets = atom("TARGETS");
    png = atom("image/png");
    parts = atom("INCR");
  }
  ~State() {
    if (display != nullptr) XCloseDisplay(display);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  [[nodiscard]] std::size_t most_at_once() const {
    const long units = std::max(XExtendedMaxRequestSize(display), XMaxRequestSize(display));
    constexpr std::size_t kHead = 256;
    return 4 * static_cast<std::size_t>(units) - kHead;
  }

  void put(::Window asker, Atom property, Atom type, int bits, const void* data,
           std::size_t count) const {
    XChangeProperty(display, asker, property, type, bits, PropModeReplace,
                    static_cast<const unsigned char*>(data), static_cast<int>(count));
  }

  // Returns whether the target is a supported one.
  bool answer(::Window asker, Atom property, Atom target) {
    if (target == targets) {
      const std::array<Atom, 2> all{targets, png};
      put(asker, property, XA_ATOM, 32, all.data(), all.size());
      return true;
    }
    if (target != png) return false;
    if (bytes.size() <= most_at_once()) {
      put(asker, property, png, 8, bytes.data(), bytes.size());
      return true;
    }
    const long size = static_cast<long>(bytes.size());
    XSelectInput(display, asker, PropertyChangeMask);
    put(asker, property, parts, 32, &size, 1);
    transfers.push_back({asker, property});
    return true;
  }

  void answer(const XSelectionRequestEvent& asked) {
    XEvent reply{};
    XSelectionEvent& event = reply.xselection;
    event.type = SelectionNotify;
    event.requestor = asked.requestor;
    event.selection = asked.selection;
    event.target = asked.target;
    event.time = asked.time;
    const Atom property = asked.property != 0 ? asked.property : asked.target;
    const bool had = !bytes.empty() && answer(asked.requestor, property, asked.target);
    event.property = had ? property : 0;
    XSendEvent(display, asked.requestor, False, NoEventMask, &reply);
  }

  // An empty part ends the transfer.
  void go_on(const XPropertyEvent& taken) {
    if (taken.state != PropertyDelete) return;
    const auto found = std::find_if(transfers.begin(), transfers.end(), [&](const Transfer& t) {
      return t.asker == taken.window && t.property == taken.atom;
    });
    if (found == transfers.end()) return;
    const std::size_t part = std::min(bytes.size() - found->sent, most_at_once());
    put(found->asker, found->property, png, 8, bytes.data() + found->sent, part);
    found->sent += part;
    if (part > 0) return;
    XSelectInput(display, found->asker, NoEventMask);
    transfers.erase(found);
  }
};

PictureClipboard::PictureClipboard() = default;
PictureClipboard::~PictureClipboard() = default;

bool PictureClipboard::offer(std::string png) {
  if (!state_) state_ = std::make_unique<State>();
  State& s = *state_;
  if (s.display == nullptr || png.empty()) return false;
  s.bytes = std::move(png);
  s.transfers.clear();
  XSetSelectionOwner(s.display, s.clipboard, s.window, CurrentTime);
  return XGetSelectionOwner(s.display, s.clipboard) == s.window;
}

bool PictureClipboard::holds() const { return state_ && !state_->bytes.empty(); }

std::string PictureClipboard::bytes() const { return state_ ? state_->bytes : std::string(); }

void PictureClipboard::serve() {
  if (!holds() || XPending(state_->display) == 0) return;
  State& s = *state_;
  const IgnoreErrors while_answering(s.display);
  while (XPending(s.display) > 0) {
    XEvent event;
    XNextEvent(s.display, &event);
    if (event.type == SelectionRequest) s.answer(event.xselectionrequest);
    if (event.type == PropertyNotify) s.go_on(event.xproperty);
    if (event.type == SelectionClear) {
      s.bytes = {};
      s.transfers.clear();
    }
  }
}

}  // namespace headroom
