#pragma once
#include "headroom/gui_toolkit/graphics.h"

#include <algorithm>
#include <chrono>

namespace headroom {

// Decides when the window draws: 60 frames a second while something moves or the user does
// something, otherwise only when there is something new to show. Main thread.
class FramePacer {
 public:
  static constexpr double kFrame_s = 1.0 / 60;
  static constexpr double kSleep_s = 30;  // longest sleep

  // Seconds since this object was made.
  [[nodiscard]] double now() const;
  // Draws at least this many more frames without sleeping.
  void settle(int frames) { settle_ = std::max(settle_, frames); }
  // How long drawing a frame takes, smoothed.
  [[nodiscard]] double frame_cost_s() const { return frame_cost_s_; }
  // Frames drawn so far.
  [[nodiscard]] long long frames() const { return frames_; }

  void begin_frame();
  void end_frame(double drawing_s);
  // Sleeps until the next frame is due: until an event, or at most `longest_s`, when the window
  // has something new to show anyway. `is_running`: a picture is being made; its progress is
  // shown, but drawing must not take CPU time from it. Returns whether there was an event.
  bool sleep(Graphics& graphics, double longest_s, bool is_running);

 private:
  [[nodiscard]] double patience(const Graphics& graphics, double longest_s, bool is_running) const;

  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  int settle_ = 3;    // frames still to be drawn after the last event
  double begun_ = 0;  // when this frame began,
  double due_ = 0;    // and when it was due, if the window is busy
  double frame_cost_s_ = 0;
  long long frames_ = 0;
};

}  // namespace headroom
