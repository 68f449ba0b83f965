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
  int width = 512, height = 512, steps = 8, count = 1;
  std::optional<Plan> plan{};
  Stage stage = Stage::kLoad;
  int image_index = 0;
  int step = 0;
  double stage_elapsed = 0;  // seconds since the stage began
  double step_elapsed = 0;   // seconds since `step` was reached
  double step_seconds = 0;   // as this job has measured them; 0 = not yet
};

// Learns from receipts how long the stages take here, so that the bar's parts have honest widths.
// A plain value; one thread.
class ProgressModel {
 public:
  void learn(const Receipt& receipt, int width, int height, int steps);
  // Seconds of each stage for one picture; 0 where nothing is known.
  [[nodiscard]] std::array<double, kStageCount> expect(int width, int height, int steps,
                                                       const std::optional<Plan>& plan) const;
  // Seconds for one picture with everything loaded, once a run was seen.
  [[nodiscard]] std::optional<double> seconds_per_picture(int width, int height, int steps) const;
  [[nodiscard]] ProgressView view(const ProgressInput& job) const;

 private:
  bool learned_ = false;
  double load_ = 0;
  double encode_ = 0;
  double denoise_per_step_megapixel_ = 0;
  double decode_per_megapixel_ = 0;
  double save_per_megapixel_ = 0;
};

}  // namespace headroom
