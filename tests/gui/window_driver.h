#pragma once
#include <array>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/types.h>

namespace headroom::test {

// A program that this test started, without a shell; ended by its process id.
class Child {
 public:
  // `environment` are NAME=VALUE strings on top of the test's own. `pass_fd` stays open in the
  // child.
  Child(std::vector<std::string> arguments, const std::vector<std::string>& environment,
        int pass_fd = -1);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  [[nodiscard]] bool running();

 private:
  pid_t pid_ = -1;
};

// A virtual screen with a free number. Throws std::runtime_error when Xvfb does not start.
class Screen {
 public:
  Screen(int width, int height);
  [[nodiscard]] const std::string& name() const { return name_; }  // ":99"

 private:
  std::array<int, 2> pipe_;
  Child server_;
  std::string name_;
};

// The window on a virtual screen, driven by xdotool, read through HEADROOM_UI_DUMP.
class WindowDriver {
 public:
  // Starts `program` with `options` and waits until it draws.
  WindowDriver(const std::string& program, const std::vector<std::string>& options,
               int width = 1280, int height = 800);
  ~WindowDriver();

  [[nodiscard]] nlohmann::json read() const;  // the newest dump; null before the first
  [[nodiscard]] nlohmann::json state() const { return read()["state"]; }
  // Waits until `condition` holds for the state; false after `seconds`.
  [[nodiscard]] bool wait(const std::function<bool(const nlohmann::json&)>& condition,
                          double seconds = 20) const;
  [[nodiscard]] bool wait_for_widget(const std::string& name, double seconds = 20) const;

  void click(const std::string& widget);
  void hover(const std::string& widget);
  void key(const std::string& keys);
  void type(const std::string& text);
  void paste(const std::string& text);                // through the clipboard
  void wheel(const std::string& widget, int clicks);  // > 0 = away from the person
  // The colour of a window pixel, 0..255 each.
  [[nodiscard]] std::array<int, 3> pixel(int x, int y) const;
  [[nodiscard]] bool running() { return program_.running(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  int tool(const std::vector<std::string>& arguments) const;

  Screen screen_;
  std::filesystem::path folder_;
  Child program_;
};

}  // namespace headroom::test
