#pragma once
#include "headroom/gui_state/canvas_view.h"

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace headroom {

// What HEADROOM_UI_DUMP names; empty = none.
[[nodiscard]] std::filesystem::path ui_dump_file();

// Where the named widgets of the current frame are; what gui/window.h describes for tests.
// Does nothing unless a file was named. Main thread.
class UiDump {
 public:
  explicit UiDump(std::filesystem::path file) : file_(std::move(file)) {}

  [[nodiscard]] bool active() const { return !file_.empty(); }
  void begin_frame() {
    widgets_.clear();
    says_.clear();
    shown_.clear();
  }
  void add(const std::string& name, const Rect& rect, bool enabled = true) {
    if (!active()) return;
    widgets_[name] = {rect, enabled};
    last_ = name;
  }
  // The widget that was added last has an explanation, if it is the one at `rect`. Returns its
  // name.
  std::string explain(const Rect& rect);
  // What stands in a place that has words of its own, as they are shown.
  void say(const std::string& name, const std::string& text) {
    if (active()) says_[name] = text;
  }
  // A text that was drawn, or a line of it; blanks of all kinds are plain ones here.
  void show(const std::string& text);
  // How much was drawn, and what it cost.
  struct Effort {
    long long frames = 0;
    double frame_ms = 0;  // smoothed
    double seconds = 0;   // since the window opened, at this frame
  };
  // Writes what changed, at most five times a second. `state_json` is the "state" object. Returns
  // true while something newer waits to be written. Throws Error{kIo}.
  // `effort` is written along but is no reason to write.
  bool write(double now, int width, int height, float scale, const std::string& state_json,
             Effort effort);

 private:
  struct Widget {
    Rect rect;
    bool enabled = true;
    bool explained = false;
  };
  std::filesystem::path file_;
  std::map<std::string, Widget> widgets_;
  std::map<std::string, std::string> says_;
  std::set<std::string> shown_;
  std::string last_;  // that was added
  std::string written_;
  double written_at_ = -1;
};

}  // namespace headroom
