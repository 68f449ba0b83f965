#pragma once
#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/types.h>

namespace headroom::test {

// A program that the test starts without a shell and ends by its process id.
class Child {
 public:
  // `environment`: NAME=VALUE strings in addition to the test's own. `pass_fd` stays open in the
  // child.
  Child(std::vector<std::string> arguments, const std::vector<std::string>& environment,
        int pass_fd = -1);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  [[nodiscard]] bool running();
  [[nodiscard]] pid_t pid() const { return pid_; }
  // Waits for its end and returns the exit code; nothing past the deadline or after a signal.
  std::optional<int> wait_for_exit(double seconds);

 private:
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

// A virtual screen with a free number. Throws std::runtime_error when Xvfb does not start.
class Screen {
 public:
  // `dpi`: as a scaling desktop announces it, 0 = not announced.
  Screen(int width, int height, int dpi = 0);
  [[nodiscard]] const std::string& name() const { return name_; }  // ":99"

 private:
  std::array<int, 2> pipe_;
  Child server_;
  std::string name_;
};

// How to start the program. "{folder}" in arguments and environment is replaced by the driver's
// folder.
struct Launch {
  std::string program;
  std::vector<std::string> arguments{};
  std::vector<std::string> environment{};  // NAME=VALUE, in addition to the test's own
  // A program that is started on the screen before the program, with its environment, and ended
  // after it.
  std::vector<std::string> companion{};
  int width = 1280;  // of the screen
  int height = 800;
  int dpi = 0;                            // announced by the desktop; 96 means a scale of 1
  std::filesystem::path folder{};         // empty: a temporary one, removed at the end
  std::string first_widget = "generate";  // when it is drawn, the window is ready
};

// The window on a virtual screen, driven by xdotool and read through HEADROOM_UI_DUMP.
class WindowDriver {
 public:
  // Starts the program and waits until it draws.
  explicit WindowDriver(const Launch& launch);
  ~WindowDriver();

  [[nodiscard]] nlohmann::json read() const;  // the latest dump; null before the first
  [[nodiscard]] nlohmann::json state() const { return read()["state"]; }
  // Waits until `condition` holds for the state; false after `seconds`.
  [[nodiscard]] bool wait(const std::function<bool(const nlohmann::json&)>& condition,
                          double seconds = 20) const;
  // Waits until the place called `name` shows a text that contains `part`.
  [[nodiscard]] bool wait_for_words(const std::string& name, const std::string& part,
                                    double seconds = 20) const;
  [[nodiscard]] bool wait_for_widget(const std::string& name, double seconds = 20) const;

  void click(const std::string& widget);
  void double_click(const std::string& widget, bool shift = false);
  void hover(const std::string& widget);  // and waits until the window has noticed
  void point_at(int x, int y);
  void key(const std::string& keys);
  void type(const std::string& text);
  // The clipboard's content in the format `target`; empty if it has none.
  [[nodiscard]] std::string clipboard(const std::string& target = "UTF8_STRING") const;
  void paste(const std::string& text);  // through the clipboard
  // Presses `button` (1 left, 2 middle) on the widget and moves by this many pixels.
  void drag(const std::string& widget, int button, int across, int down);
  // Drags files from another program onto the widget, as a file manager does. False when the
  // window refuses them.
  bool drop(const std::string& widget, const std::vector<std::filesystem::path>& files);
  // As if copied in another program.
  void copy(const std::string& content, const std::string& type);
  void wheel(const std::string& widget, int clicks);  // > 0 = away from the user
  // The colour of a window pixel, 0..255 each.
  [[nodiscard]] std::array<int, 3> pixel(int x, int y) const;
  // Saves a screenshot as `name`.png in build/<preset>/screenshots; returns the file.
  std::filesystem::path screenshot(const std::string& name) const;
  [[nodiscard]] bool running() { return program_.running(); }
  // Asks the window to close, as a window manager does. Returns the exit code; nothing if the
  // program has not ended after `seconds`.
  std::optional<int> close(double seconds);
  void ask_to_close();                           // the same, without waiting
  std::optional<int> terminate(double seconds);  // SIGTERM; the exit code as above
  std::optional<int> wait_for_exit(double seconds) { return program_.wait_for_exit(seconds); }
  [[nodiscard]] pid_t pid() const { return program_.pid(); }
  [[nodiscard]] long long resident_kib() const;  // of the program
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] const std::string& screen() const { return screen_.name(); }

 private:
  int tool(const std::vector<std::string>& arguments) const;

  bool own_folder_;
  std::filesystem::path folder_;
  Screen screen_;
  std::unique_ptr<Child> companion_;
  Child program_;
};

// Owns the clipboard but answers no requests, like a program that hangs.
class SilentOwner {
 public:
  explicit SilentOwner(const std::string& display);
  ~SilentOwner();
  SilentOwner(const SilentOwner&) = delete;
  SilentOwner& operator=(const SilentOwner&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Sets the display's resources ("Xft.dpi: 144"), as xrdb does.
void set_resources(const std::string& display, const std::string& resources);

struct Place {
  int x = 0, y = 0, width = 0, height = 0;  // on the screen
};

// Whether the input method `name` ("fcitx") serves the screen within `seconds`.
bool wait_for_input_method(const std::string& display, const std::string& name, double seconds);

// Another program's window above ours, such as a list of candidates; nothing if there is none
// after `seconds`. `window_class`: of our window.
std::optional<Place> wait_for_popup(const std::string& display, const std::string& window_class,
                                    double seconds);

// Drags `uris` onto the window at (x, y) of the screen and drops them (XDND). False when the
// window refuses them.
bool drag_onto(const std::string& display, const std::string& window_class, int x, int y,
               const std::vector<std::string>& uris);

// Sends a close request to the window of class `window_class`. False when there is none.
bool request_close(const std::string& display, const std::string& window_class);

}  // namespace headroom::test
