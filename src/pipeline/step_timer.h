#pragma once
#include "headroom/core/generator.h"
#include "headroom/core/run_shape.h"
#include "headroom/device/processor_load.h"
#include "headroom/memory/slowdown_detector.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>

namespace headroom {

// Times the steps of one picture, and reports when the run has become slower and whether other
// programs are the cause.
class StepTimer {
 public:
  // Steps of the same `shape` and plan are compared over all runs that `watch` has seen.
  // `on_processor`: the networks run on the CPU, which they share with other programs.
  StepTimer(SlowdownDetector& watch, ProgressSink& sink, const RunShape& shape,
            const ExecutionOptions& execution, bool on_processor)
      : watch_(watch),
        sink_(sink),
        guided_steps_(shape.guided_steps),
        on_processor_(on_processor),
        kind_{shape, execution} {
    kind_.shape.steps = kind_.shape.guided_steps = 0;
    others_s_ = others();
  }

  void step_done(int step) {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    const double before_s = std::exchange(others_s_, others());
    const double cores = std::max(1U, std::thread::hardware_concurrency());
    const double share = seconds > 0 ? (others_s_ - before_s) / (seconds * cores) : 0;
    kind_.guided = step <= guided_steps_;
    const auto slowness = watch_.add(kind_, seconds, std::clamp(share, 0.0, 1.0));
    if (slowness) tell(*slowness);
  }

 private:
  [[nodiscard]] double others() const {
    return on_processor_ ? others_processor_seconds().value_or(0) : 0;
  }

  void tell(const SlowdownDetector::Slowness& slowness) {
    std::array<char, 16> digits{};
    std::snprintf(digits.data(), digits.size(), "%.1f", slowness.times);
    const std::string times = digits.data();
    if (slowness.by_others) {
      sink_.on_notice({Notice::Kind::kSlowerByOthers,
                       say("the run became slower (×{0}): other programs use the processor; close "
                           "them, or wait for them",
                           times),
                       slowness.times});
      return;
    }
    sink_.on_notice(
        {Notice::Kind::kSlower,
         say("the device became slower (×{0}): it is probably throttling or spilling; let "
             "it cool, plug in the charger, close other programs that use it",
             times),
         slowness.times});
  }

  SlowdownDetector& watch_;
  ProgressSink& sink_;
  int guided_steps_;
  bool on_processor_;
  SlowdownDetector::Kind kind_;
  double others_s_ = 0;  // CPU seconds that other programs had used at the last step
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace headroom
