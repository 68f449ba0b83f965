#include "headroom/gui_toolkit/frame_pacer.h"

namespace headroom {
namespace {

constexpr double kSlowestProgress_s = 0.1;
// Hover delays and fades end within this time after the last input.
constexpr double kActive_s = 0.8;

}  // namespace

double FramePacer::now() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void FramePacer::begin_frame() {
  begun_ = now();
  ++frames_;
  // Waking up takes a moment; such delays must not add up over frames.
  if (begun_ > due_ && begun_ - due_ < kFrame_s / 4) begun_ = due_;
}

void FramePacer::end_frame(double drawing_s) {
  frame_cost_s_ = 0.9 * frame_cost_s_ + 0.1 * drawing_s;
}

double FramePacer::patience(const Graphics& graphics, double longest_s, bool is_running) const {
  if (settle_ > 0 || graphics.holds_input() || graphics.idle_seconds() < kActive_s) return kFrame_s;
  if (!is_running) return longest_s;
  // With a slow (software) renderer, drawing must not take CPU time from the picture being made.
  return std::min(longest_s, std::clamp(8 * frame_cost_s_, kFrame_s, kSlowestProgress_s));
}

bool FramePacer::sleep(Graphics& graphics, double longest_s, bool is_running) {
  if (settle_ > 0) --settle_;
  const double wanted = patience(graphics, longest_s, is_running);
  bool event = false;
  // Events may come faster than a screen shows frames: draw at most 120 times a second, or 60
  // while a picture may need the CPU.
  const double shortest = is_running ? kFrame_s : kFrame_s / 2;
  double slept = now() - begun_;
  do {  // also after a frame that took longer: events are read in here
    const double asked = now();
    graphics.wait(std::max(0.001, (event ? shortest : wanted) - slept));
    slept = now() - begun_;
    event = event || slept < wanted - 0.001 || graphics.idle_seconds() < now() - asked;
  } while (!graphics.wants_close() && (slept < shortest || (!event && slept < wanted)));
  due_ = begun_ + shortest;
  if (event && wanted > kFrame_s) settle_ = 2;  // layouts may need one more frame after a change
  return event;
}

}  // namespace headroom
