#pragma once
#include "headroom/gui_state/window_place.h"
#include "headroom/gui_toolkit/clipboard_reader.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// GLFW, its window, the OpenGL context and Dear ImGui, set up and taken down in the right order.
// Main thread.
class Graphics {
 public:
  struct Options {
    std::string title;
    int width = 1280;  // design pixels, as far as the screen has room
    int height = 800;
    std::optional<WindowPlace>
        place{};          // where it was before; parts off the screen are brought back
    double ui_scale = 0;  // 0 = the monitor's own
    double zoom = 1;      // on top of that
    std::filesystem::path icon_folder;  // headroom-16.png ... ; missing ones are left out
  };
  // Throws Error{kInternal} when there is no display or no OpenGL 3.
  explicit Graphics(const Options& options);
  ~Graphics();
  Graphics(const Graphics&) = delete;
  Graphics& operator=(const Graphics&) = delete;

  [[nodiscard]] bool wants_close() const;
  void ask_close();     // as the window manager does
  void forget_close();  // the person is asked first
  void show();          // a minimised window comes back
  // The whole of the screen that it is on, or back.
  void toggle_full_screen();
  // As it is, or was before it was maximised or filled the screen.
  [[nodiscard]] WindowPlace place() const;
  [[nodiscard]] float scale() const;  // of the user interface, with the zoom
  [[nodiscard]] double zoom() const;
  void set_zoom(double zoom);
  // Sleeps until an event, a wake or the end of `seconds`.
  void wait(double seconds);
  // Files that were dropped on the window, or pasted, since it was asked last.
  [[nodiscard]] std::vector<std::filesystem::path> take_dropped();
  // Asks the clipboard for a picture, as every paste of a clipboard without text does by itself.
  void ask_picture();
  // What was found, some time later; once.
  [[nodiscard]] std::optional<PastedPicture> take_pasted();
  // Puts a PNG file's bytes on the clipboard as a picture; false where that cannot be done.
  bool copy_picture(std::string png);
  // Seconds since the person last did something with mouse or keyboard.
  [[nodiscard]] double idle_seconds() const;
  [[nodiscard]] bool hidden() const;  // minimised: nothing needs drawing
  void begin_frame();
  // Whether there is input that the last frame has left for the next.
  [[nodiscard]] bool holds_input() const;
  void end_frame(unsigned background);  // IM_COL32

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace headroom
