#pragma once
#include "headroom/core/plan.h"

#include <array>
#include <deque>

namespace headroom {

// What the last runs on this device tell: for each stage the median of (real / guessed) seconds,
// and the rate at which weights were copied. Not thread-safe.
class TimeModel {
 public:
  // One stage of a finished run. Ignored when either figure is not positive.
  void learn(Stage stage, double guessed, double seconds);
  [[nodiscard]] bool knows(Stage stage) const;
  // `guessed` seconds corrected by the runs so far; 0 if none of `stage` is known.
  [[nodiscard]] double seconds(Stage stage, double guessed) const;

  // Bytes of weights per second; ignored when not positive.
  void learn_copies(double bytes_per_second);
  // That rate in bytes per second; `otherwise` if none is known.
  [[nodiscard]] double copies(double otherwise) const;

 private:
  std::deque<double> copies_;                           // oldest first
  std::array<std::deque<double>, kStageCount> ratios_;  // real / guessed, oldest first
  std::array<double, kStageCount> medians_{};
};

}  // namespace headroom
