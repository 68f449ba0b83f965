#pragma once
#include "headroom/core/plan.h"

#include <array>
#include <deque>

namespace headroom {

// Corrects guessed seconds by the median of (real / guessed) of the last runs on this device, stage
// by stage. Not thread-safe.
class TimeModel {
 public:
  // One stage of a finished run. Ignored when either figure is not positive.
  void learn(Stage stage, double guessed, double seconds);
  [[nodiscard]] bool knows(Stage stage) const;
  // 0 as long as nothing was learnt of `stage`.
  [[nodiscard]] double seconds(Stage stage, double guessed) const;

 private:
  std::array<std::deque<double>, kStageCount> ratios_;  // real / guessed, oldest first
  std::array<double, kStageCount> medians_{};
};

}  // namespace headroom
