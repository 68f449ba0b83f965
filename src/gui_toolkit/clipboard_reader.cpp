#include "headroom/gui_toolkit/clipboard_reader.h"

#include "headroom/image/picture_formats.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <poll.h>

namespace headroom {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// How long to wait for each answer, and for all parts of a transfer.
struct Patience {
  Seconds each;
  Seconds all;
};
constexpr Patience kTextWait{Seconds(1), Seconds(4)};  // the window is blocked meanwhile
// The other program encodes it on request.
constexpr Patience kPictureWait{Seconds(8), Seconds(60)};

// Formats of pictures that the table of formats does not have.
constexpr std::array kUnreadableTypes{"image/bmp",   "image/tiff", "image/gif", "image/avif",
                                      "image/x-bmp", "PIXMAP",     "BITMAP"};

// Requests the clipboard in one format and receives it, in one part or several.
class Transfer {
 public:
  enum class Answer { kWaits, kDone, kRefused, kNoAnswer, kTooLarge };

  Transfer() : display_(XOpenDisplay(nullptr)) {
    if (display_ == nullptr) return;
    window_ = XCreateSimpleWindow(display_, DefaultRootWindow(display_), 0, 0, 1, 1, 0, 0, 0);
    XSelectInput(display_, window_, PropertyChangeMask);
    clipboard_ = atom("CLIPBOARD");
    property_ = atom("HEADROOM_CLIPBOARD");
    parts_ = atom("INCR");
  }
  ~Transfer() {
    if (display_ != nullptr) XCloseDisplay(display_);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  [[nodiscard]] bool has_display() const { return display_ != nullptr; }
  [[nodiscard]] Atom atom(const char* name) const { return XInternAtom(display_, name, False); }
  [[nodiscard]] ::Window owner() const { return XGetSelectionOwner(display_, clipboard_); }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] const std::vector<Atom>& atoms() const { return atoms_; }
  std::string take_bytes() { return std::exchange(bytes_, {}); }

  void begin(Atom target, Patience patience) {
    bytes_.clear();
    atoms_.clear();
    in_parts_ = false;
    target_ = target;
    patience_ = patience;
    XDeleteProperty(display_, window_, property_);
    XConvertSelection(display_, clipboard_, target, property_, window_, CurrentTime);
    XFlush(display_);
    end_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(patience.all);
    wait_anew();
  }

  // Continues as far as possible without waiting.
  Answer step() {
    while (XPending(display_) > 0) {
      XEvent event;
      XNextEvent(display_, &event);
      Answer answer = Answer::kWaits;
      if (event.type == SelectionNotify && event.xselection.target == target_) {
        if (event.xselection.property == 0) return Answer::kRefused;
        answer = take_property();
      } else if (event.type == PropertyNotify && in_parts_ && event.xproperty.atom == property_ &&
                 event.xproperty.state == PropertyNewValue) {
        answer = take_property();
      }
      if (answer != Answer::kWaits) return answer;
    }
    return Clock::now() < deadline_ ? Answer::kWaits : Answer::kNoAnswer;
  }

  Answer finish() {
    while (true) {
      const Answer answer = step();
      if (answer != Answer::kWaits) return answer;
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now());
      pollfd socket{ConnectionNumber(display_), POLLIN, 0};
      (void)::poll(&socket, 1, std::max(1, static_cast<int>(left.count())));
    }
  }

 private:
  void wait_anew() {
    const auto next = std::chrono::duration_cast<Clock::duration>(patience_.each);
    deadline_ = std::min(Clock::now() + next, end_);
  }

  // Reads the property and deletes it, which asks for the next part; the last part is empty.
  Answer take_property() {
    constexpr long kAll = 0x1FFFFFFF;  // in units of four bytes
    Atom type = 0;
    int bits = 0;
    unsigned long count = 0;
    unsigned long left = 0;
    unsigned char* data = nullptr;
    if (XGetWindowProperty(display_, window_, property_, 0, kAll, True, AnyPropertyType, &type,
                           &bits, &count, &left, &data) != Success) {
      return Answer::kRefused;
    }
    XFlush(display_);
    wait_anew();
    if (type == parts_) {
      in_parts_ = true;
    } else if (bits == 8) {
      bytes_.append(reinterpret_cast<const char*>(data), count);
    } else if (bits == 32 && type == XA_ATOM) {
      const auto* const all = reinterpret_cast<const Atom*>(data);  // Xlib widens them to longs
      atoms_.assign(all, all + count);
    }
    if (data != nullptr) XFree(data);
    if (bytes_.size() > PastedPicture::kMostBytes) return Answer::kTooLarge;
    if (type == parts_ || (in_parts_ && count > 0)) return Answer::kWaits;
    return Answer::kDone;
  }

  Display* display_;
  ::Window window_ = 0;
  Atom clipboard_ = 0, property_ = 0, parts_ = 0, target_ = 0;
  bool in_parts_ = false;
  Patience patience_{};
  Clock::time_point deadline_, end_;
  std::string bytes_;
  std::vector<Atom> atoms_;
};

std::string from_latin1(std::string_view text) {
  std::string utf8;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xC0 | code >> 6U);
      utf8 += static_cast<char>(0x80 | (code & 0x3FU));
    }
  }
  return utf8;
}

}  // namespace

struct ClipboardReader::State {
  enum class Stage { kNone, kTargets, kPicture };
  using Answer = Transfer::Answer;
  using Fault = PastedPicture::Fault;

  Transfer transfer;
  Stage stage = Stage::kNone;
  // A held key asks again in every frame: a program that has just failed to answer is not asked.
  ::Window silent = 0;
  Clock::time_point silent_until{};

  [[nodiscard]] bool is_silent(::Window owner) const {
    return owner == silent && Clock::now() < silent_until;
  }
  void leave_alone(::Window owner) {
    silent = owner;
    silent_until = Clock::now() + std::chrono::seconds(5);
  }

  std::optional<PastedPicture> end(PastedPicture picture) {
    stage = Stage::kNone;
    return picture;
  }

  // The table's order is that of preference: PNG before JPEG, since it is lossless.
  std::optional<PastedPicture> choose(const std::vector<Atom>& offered) {
    const auto is_offered = [&](const char* format) {
      return std::ranges::find(offered, transfer.atom(format)) != offered.end();
    };
    for (const PictureFormat& format : picture_formats()) {
      if (!format.has_pixels || !is_offered(format.mime_type)) continue;
      stage = Stage::kPicture;
      transfer.begin(transfer.atom(format.mime_type), kPictureWait);
      return std::nullopt;
    }
    stage = Stage::kNone;
    const bool is_other =
        std::ranges::any_of(picture_formats(), is_offered, &PictureFormat::mime_type) ||
        std::ranges::any_of(kUnreadableTypes, is_offered);
    return PastedPicture{is_other ? Fault::kOtherFormat : Fault::kNoPicture};
  }

  std::optional<PastedPicture> step() {
    if (stage == Stage::kNone) return std::nullopt;
    switch (transfer.step()) {
      case Answer::kWaits:
        return std::nullopt;
      case Answer::kNoAnswer:
        return end({Fault::kNoAnswer});
      case Answer::kTooLarge:
        return end({Fault::kTooLarge});
      case Answer::kRefused:
        // By the conventions an owner lists its formats, but some do not.
        if (stage == Stage::kTargets) return choose({transfer.atom(usual_format().mime_type)});
        return end({Fault::kNoPicture});
      case Answer::kDone:
        break;
    }
    if (stage == Stage::kTargets) return choose(transfer.atoms());
    if (transfer.bytes().empty()) return end({Fault::kNoAnswer});
    return end({Fault::kNone, transfer.take_bytes()});
  }
};

ClipboardReader::ClipboardReader() = default;
ClipboardReader::~ClipboardReader() = default;

unsigned long ClipboardReader::owner() {
  if (!state_) state_ = std::make_unique<State>();
  return state_->transfer.has_display() ? state_->transfer.owner() : 0;
}

std::string ClipboardReader::text() {
  const ::Window asked = owner();
  if (asked == 0 || state_->is_silent(asked)) return {};
  Transfer& transfer = state_->transfer;
  state_->stage = State::Stage::kNone;
  using Answer = Transfer::Answer;
  transfer.begin(transfer.atom("TARGETS"), kTextWait);
  const Answer listed = transfer.finish();
  if (listed == Answer::kNoAnswer) state_->leave_alone(asked);
  if (listed != Answer::kDone && listed != Answer::kRefused) return {};
  // Some owners answer with what they have, whatever format was asked for.
  const std::vector<Atom> offered = transfer.atoms();
  for (const char* const format :
       {"UTF8_STRING", "text/plain;charset=utf-8", "STRING", "text/uri-list"}) {
    const Atom target = transfer.atom(format);
    if (listed == Answer::kDone && std::ranges::find(offered, target) == offered.end()) continue;
    transfer.begin(target, kTextWait);
    const Answer answer = transfer.finish();
    if (answer == Answer::kRefused) continue;
    if (answer != Answer::kDone) return {};
    std::string text = transfer.take_bytes();
    if (std::string_view(format) == "STRING") text = from_latin1(text);
    if (!text.empty()) return text;
  }
  return {};
}

void ClipboardReader::ask_picture() {
  if (owner() == 0 || waits()) return;
  state_->stage = State::Stage::kTargets;
  state_->transfer.begin(state_->transfer.atom("TARGETS"), kPictureWait);
}

bool ClipboardReader::waits() const { return state_ && state_->stage != State::Stage::kNone; }

std::optional<PastedPicture> ClipboardReader::take() {
  return state_ ? state_->step() : std::nullopt;
}

}  // namespace headroom
