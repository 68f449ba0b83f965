#pragma once
#include "headroom/core/plan.h"

#include <array>
#include <optional>
#include <vector>

namespace headroom {

// How far a job is, for drawing. Fractions are 0..1.
struct ProgressView {
  // The stages of the picture that is being made.
  std::array<double, kStageCount> share{};  // of the line's width; sums to 1
  std::array<double, kStageCount> done{};   // of each stage
  // All pictures of the job.
  double job_done = 0;
  std::vector<double> picture_ends;  // of `job_done`, where each picture but the last is done
  // Nothing while nothing is known.
  std::optional<double> picture_seconds_left;
  std::optional<double> seconds_left;  // of the job
  bool estimated = false;              // both: nothing like it was ever run here
};

// What is known of a running job.
struct ProgressInput {
  int steps = 8, count = 1;
  std::optional<Plan> plan{};  // whose seconds are all that is known beforehand
  Stage stage = Stage::kLoad;
  int image_index = 0;
  int step = 0;
  double stage_elapsed = 0;  // seconds since the stage began
  double step_elapsed = 0;   // seconds since `step` was reached
  double step_seconds = 0;   // as this job has measured them; 0 = not yet
};

// The plan's seconds, and once there are some the job's own steps, as a bar with parts of honest
// widths.
[[nodiscard]] ProgressView progress_of(const ProgressInput& job);

}  // namespace headroom
