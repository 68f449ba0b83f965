#pragma once
#include "headroom/core/plan.h"

#include <array>
#include <deque>

namespace headroom {

// Predicts a stage's seconds from its amount of work, as the median of the seconds per unit of work of
// the last runs on this device. Work is in any unit that grows with time. Not thread-safe.
class TimeModel {
 public:
  // One stage of a finished run. Ignored when either figure is not positive.
  void learn(Stage stage, double work, double seconds);
  // 0 as long as nothing was learnt of `stage`.
  [[nodiscard]] double seconds(Stage stage, double work) const;

 private:
  std::array<std::deque<double>, kStageCount> rates_;  // seconds per unit of work, oldest first
};

}  // namespace headroom
