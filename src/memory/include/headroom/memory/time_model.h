#pragma once
#include "headroom/core/plan.h"

#include <array>
#include <deque>

namespace headroom {

// What the last runs on this device say: seconds, as the median of (real / guessed) stage by stage,
// and the rate at which weights were copied. Not thread-safe.
class TimeModel {
 public:
  // One stage of a finished run. Ignored when either figure is not positive.
  void learn(Stage stage, double guessed, double seconds);
  [[nodiscard]] bool knows(Stage stage) const;
  // 0 as long as nothing was learnt of `stage`.
  [[nodiscard]] double seconds(Stage stage, double guessed) const;

  // Bytes of weights per second; ignored when not positive.
  void learn_copies(double bytes_per_second);
  // `otherwise` as long as nothing was learnt.
  [[nodiscard]] double copies(double otherwise) const;

 private:
  std::deque<double> copies_;                           // oldest first
  std::array<std::deque<double>, kStageCount> ratios_;  // real / guessed, oldest first
  std::array<double, kStageCount> medians_{};
};

}  // namespace headroom
