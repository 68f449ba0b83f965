#pragma once
#include "headroom/gui_state/window_place.h"
#include "headroom/gui_toolkit/clipboard_reader.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// GLFW, its window, the OpenGL context and Dear ImGui, created and destroyed in the right order.
// Where there is no OpenGL 3, the processor draws.
// Main thread.
class Graphics {
 public:
  struct Options {
    std::string title;
    int width = 1280;  // design pixels; limited to the screen
    int height = 800;
    std::optional<WindowPlace> place{};  // earlier place; moved so that it is on the screen
    double ui_scale = 0;                 // 0 = the monitor's own
    double zoom = 1;                     // in addition to that
    std::filesystem::path icon_folder;   // headroom-16.png ... ; missing ones are left out
  };
  // Throws Error{kInternal} when there is no display, or neither OpenGL 3 nor X11.
  explicit Graphics(const Options& options);
  ~Graphics();
  Graphics(const Graphics&) = delete;
  Graphics& operator=(const Graphics&) = delete;

  [[nodiscard]] bool wants_close() const;
  void ask_close();     // as the window manager would
  void forget_close();  // because the user is asked first
  void show();          // also restores a minimised window
  // Switches between full screen and back.
  void toggle_full_screen();
  // The present place, or the one before it was maximised or full-screen.
  [[nodiscard]] WindowPlace place() const;
  [[nodiscard]] float scale() const;  // of the user interface, including the zoom
  [[nodiscard]] double zoom() const;
  void set_zoom(double zoom);
  // Sleeps until an event or wake_window(), at most `seconds`, which are above 0.
  void wait(double seconds);
  // Files that were dropped on the window or pasted since the last call.
  [[nodiscard]] std::vector<std::filesystem::path> take_dropped();
  // Asks the clipboard for a picture. Pasting does so by itself if the clipboard has no text.
  void ask_picture();
  // The answer, some time later; returned once.
  [[nodiscard]] std::optional<PastedPicture> take_pasted();
  // Puts a PNG file's bytes on the clipboard as a picture; false where that is not possible.
  bool copy_picture(std::string png);
  // Seconds since the last mouse or keyboard input.
  [[nodiscard]] double idle_seconds() const;
  // When the last button of the mouse or key that a frame has taken was pressed, in seconds: by the
  // hand, not by the frame. Only differences mean something.
  [[nodiscard]] double pressed_at() const;
  [[nodiscard]] bool hidden() const;  // minimised: nothing needs drawing
  void begin_frame();
  // Whether the last frame left input for the next one.
  [[nodiscard]] bool holds_input() const;
  void end_frame(unsigned background);  // IM_COL32

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace headroom
