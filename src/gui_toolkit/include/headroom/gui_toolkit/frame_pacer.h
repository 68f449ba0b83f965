#pragma once
#include "headroom/gui_toolkit/graphics.h"

#include <algorithm>
#include <chrono>

namespace headroom {

// When the window draws: at 60 frames a second while something moves or the person does something,
// else only when there is something new to show. Main thread.
class FramePacer {
 public:
  static constexpr double kFrame_s = 1.0 / 60;
  static constexpr double kSleep_s = 30;  // the longest

  // Seconds since it was made.
  [[nodiscard]] double now() const;
  // So many frames at least are drawn at once after this one.
  void settle(int frames) { settle_ = std::max(settle_, frames); }
  // How long a frame takes to draw, smoothed.
  [[nodiscard]] double frame_cost_s() const { return frame_cost_s_; }

  void begin_frame();
  void end_frame(double drawing_s);
  // Sleeps until the next frame is due: at an event, or after `longest_s`, when the window has
  // something new to show by itself. `is_running`: a picture is made, whose progress is shown, and
  // from which drawing must not take the processor. Returns whether there was an event.
  bool sleep(Graphics& graphics, double longest_s, bool is_running);

 private:
  [[nodiscard]] double patience(const Graphics& graphics, double longest_s, bool is_running) const;

  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  int settle_ = 3;    // frames that still have to be drawn after the last event
  double begun_ = 0;  // when this frame began,
  double due_ = 0;    // and when it should have, if the window is busy
  double frame_cost_s_ = 0;
};

}  // namespace headroom
