#pragma once
#include "headroom/gui_state/canvas_view.h"

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace headroom {

// The file that HEADROOM_UI_DUMP names; empty = none.
[[nodiscard]] std::filesystem::path ui_dump_file();

// Writes the positions of named widgets in the current frame, for tests; see gui/window.h. Does
// nothing unless a file was named. Main thread.
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
  // Notes that the last added widget has a tooltip, if its rectangle is `rect`. Returns its name.
  std::string explain(const Rect& rect);
  // Notes the text that a named place shows.
  void say(const std::string& name, const std::string& text) {
    if (active()) says_[name] = text;
  }
  // Notes a drawn text or a line of it; blanks of all kinds become plain ones.
  void show(const std::string& text);
  // How much was drawn, and how long that took.
  struct Effort {
    long long frames = 0;
    double frame_ms = 0;  // smoothed
    double seconds = 0;   // from the opening of the window to this frame
  };
  // Writes what changed, at most five times a second. `state_json` is the "state" object. A change
  // of `effort` alone is no reason to write. Throws Error{kIo}.
  void write(double now, int width, int height, float scale, const std::string& state_json,
             Effort effort);
  // Whether a change waits for a later frame to write it.
  [[nodiscard]] bool pending() const { return pending_; }

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
  std::string last_;  // the widget added last
  std::string written_;
  double written_at_ = -1;
  bool pending_ = false;
};

}  // namespace headroom
