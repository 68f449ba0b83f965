#pragma once
#include <memory>
#include <string>

namespace headroom {

// A picture on the clipboard of X11, which GLFW offers for text only. It has a connection of its
// own to the display, which serve() looks after. Main thread.
class PictureClipboard {
 public:
  PictureClipboard();
  ~PictureClipboard();
  PictureClipboard(const PictureClipboard&) = delete;
  PictureClipboard& operator=(const PictureClipboard&) = delete;

  // Puts a PNG file's bytes on the clipboard. False where there is no X11.
  bool offer(std::string png);
  // Whether others may still ask for it; the bytes, empty otherwise.
  [[nodiscard]] bool holds() const;
  [[nodiscard]] std::string bytes() const;
  // Answers those who asked since the last call.
  void serve();

 private:
  struct State;
  std::unique_ptr<State> state_;  // from the first offer on
};

}  // namespace headroom
