#pragma once
#include "headroom/core/plan.h"

#include <array>
#include <optional>
#include <vector>

namespace headroom {

// The progress of a job, for drawing. Fractions are 0..1.
struct ProgressView {
  // Stages of the present picture.
  std::array<double, kStageCount> share{};  // share of the bar's width; sums to 1
  std::array<double, kStageCount> done{};   // progress of each stage
  // All pictures of the job.
  double job_done = 0;
  // Values of `job_done` at which each picture but the last is done.
  std::vector<double> picture_ends;
  // Empty while nothing is known.
  std::optional<double> picture_seconds_left;
  std::optional<double> seconds_left;  // for the job
  bool estimated = false;  // both figures come from rates; nothing similar was ever run here
};

// Input: what is known about a running job.
struct ProgressInput {
  int steps = 8, count = 1;
  std::optional<Plan> plan{};  // its seconds are the only prediction
  Stage stage = Stage::kLoad;
  int image_index = 0;
  int step = 0;
  double stage_elapsed = 0;  // seconds since the stage began
  double step_elapsed = 0;   // seconds since `step` was reached
  double step_seconds = 0;   // measured in this job; 0 = not yet
};

// Combines the plan's seconds with the job's measured steps into a bar whose parts are
// proportional to time.
[[nodiscard]] ProgressView progress_of(const ProgressInput& job);

}  // namespace headroom
