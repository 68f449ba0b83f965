#pragma once
#include "headroom/core/generator.h"
#include "headroom/memory/step_watch.h"

#include "stage_seconds.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// Times the steps of one picture and says when the device has become slower.
class StepClock {
 public:
  // Steps of one `shape` and plan are compared over all runs that `watch` has seen.
  StepClock(StepWatch& watch, ProgressSink& sink, const RunShape& shape,
            const std::vector<std::string>& rungs)
      : watch_(watch), sink_(sink), guided_steps_(shape.guided_steps) {
    for (const int part : {shape.width, shape.height, shape.prompt_tokens, shape.negative_tokens}) {
      kind_ += std::to_string(part) + " ";
    }
    for (const std::string& rung : rungs) kind_ += rung + " ";
  }

  void step_done(int step) {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    const char* const branches = step <= guided_steps_ ? "guided" : "alone";
    const std::optional<double> factor = watch_.add(kind_ + branches, seconds);
    if (!factor) return;
    std::array<char, 16> times{};
    std::snprintf(times.data(), times.size(), "%.1f", *factor);
    sink_.on_notice(
        "slower:" + std::string(times.data()),
        say("the device became slower (×{0}): it is probably throttling or spilling; let "
            "it cool, plug in the charger, close other programs that use it",
            times.data()));
  }

 private:
  StepWatch& watch_;
  ProgressSink& sink_;
  int guided_steps_;
  std::string kind_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace headroom
