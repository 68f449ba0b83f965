#pragma once
#include <memory>
#include <string>

namespace headroom {

// Offers a picture on X11's clipboard, since GLFW offers only text. It has its own connection to
// the display, whose events serve() handles. Main thread.
class PictureClipboard {
 public:
  PictureClipboard();
  ~PictureClipboard();
  PictureClipboard(const PictureClipboard&) = delete;
  PictureClipboard& operator=(const PictureClipboard&) = delete;

  // Puts a PNG file's bytes on the clipboard. False where there is no X11.
  bool offer(std::string png);
  // Whether other programs can still get the picture; its bytes, otherwise empty.
  [[nodiscard]] bool holds() const;
  [[nodiscard]] std::string bytes() const;
  // Answers requests since the last call.
  void serve();

 private:
  struct State;
  std::unique_ptr<State> state_;  // created by the first offer
};

}  // namespace headroom
