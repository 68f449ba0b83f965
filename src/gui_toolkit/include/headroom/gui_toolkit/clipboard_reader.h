#pragma once
#include "headroom/gui_state/pasted_pictures.h"

#include <memory>
#include <optional>
#include <string>

namespace headroom {

// The clipboard of X11 as another program fills it: Inter-Client Communication Conventions Manual,
// section 2, with INCR for what comes in parts. It has a connection of its own to the display and a
// deadline for each answer, so that a program that gives none holds nothing up. Main thread.
class ClipboardReader {
 public:
  ClipboardReader();
  ~ClipboardReader();
  ClipboardReader(const ClipboardReader&) = delete;
  ClipboardReader& operator=(const ClipboardReader&) = delete;

  // Whose window has it, by its number in X11; 0 = nobody's, or there is no X11.
  [[nodiscard]] unsigned long owner();
  // The text in UTF-8, or the URIs of copied files; empty: there is none. Waits a second at most
  // for each answer, four for a text in parts.
  [[nodiscard]] std::string text();
  // Begins to ask for a picture; take() has the answer some time later.
  void ask_picture();
  [[nodiscard]] bool waits() const;
  // The picture, or why there is none, once. Nothing as long as it is not there, and when the
  // clipboard holds no picture.
  [[nodiscard]] std::optional<PastedPicture> take();

 private:
  struct State;
  std::unique_ptr<State> state_;  // from the first question on
};

}  // namespace headroom
