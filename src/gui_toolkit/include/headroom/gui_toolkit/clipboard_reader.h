#pragma once
#include "headroom/gui_state/pasted_pictures.h"

#include <memory>
#include <optional>
#include <string>

namespace headroom {

// Reads X11's clipboard when another program owns it: Inter-Client Communication Conventions
// Manual, section 2, with INCR for content in parts. It has its own connection to the display and
// a deadline for each answer, so that a program that does not answer blocks nothing. Main thread.
class ClipboardReader {
 public:
  ClipboardReader();
  ~ClipboardReader();
  ClipboardReader(const ClipboardReader&) = delete;
  ClipboardReader& operator=(const ClipboardReader&) = delete;

  // The X11 window that owns the clipboard; 0 = none, or no X11.
  [[nodiscard]] unsigned long owner();
  // The text in UTF-8, or the URIs of copied files; empty if there is none. Waits at most a second
  // for each answer, four for a text in parts.
  [[nodiscard]] std::string text();
  // Asks for a picture; take() has the answer some time later.
  void ask_picture();
  [[nodiscard]] bool waits() const;
  // Returns the picture, or why there is none, once. Nothing while no answer has come.
  [[nodiscard]] std::optional<PastedPicture> take();

 private:
  struct State;
  std::unique_ptr<State> state_;  // created by the first call
};

}  // namespace headroom
