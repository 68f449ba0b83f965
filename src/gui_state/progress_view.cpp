#include "headroom/gui_state/progress_view.h"

#include <algorithm>
#include <cmath>

namespace headroom {
namespace {

using Stages = std::array<double, kStageCount>;

// Shares for drawing while nothing was measured.
constexpr Stages kUnknownShares = [] {
  Stages shares{};
  for (const StageEntry& stage : kStages) shares[index_of(stage.stage)] = stage.usual_share;
  return shares;
}();
constexpr double kSmallestShare = 0.03;  // so that every stage can be seen

// Whether the run goes through a stage.
bool has(const ProgressInput& job, std::size_t stage) {
  if (!job.plan || job.plan->stages.empty()) return kUnknownShares[stage] > 0;
  return find_stage(*job.plan, static_cast<Stage>(stage)) != nullptr;
}

// The stage that has counted steps.
Stage stage_of_steps(const ProgressInput& job) {
  const bool enlarges = job.plan && find_stage(*job.plan, Stage::kUpscale) != nullptr;
  return enlarges ? Stage::kUpscale : Stage::kDenoise;
}

// 0 where nothing is known or nothing has to be done, since everything is loaded.
Stages planned_seconds(const ProgressInput& job) {
  Stages seconds{};
  if (!job.plan) return seconds;
  for (const StagePlan& stage : job.plan->stages) seconds[index_of(stage.stage)] = stage.seconds;
  return seconds;
}

// Seconds of the stages that every picture of a job has.
double of_each(const Stages& seconds) {
  double each = 0;
  for (std::size_t i = 0; i < kStageCount; ++i) each += kStages[i].once ? 0 : seconds[i];
  return each;
}
// Whether this picture skips a stage because the job's first picture has done it.
bool is_over(const ProgressInput& job, std::size_t stage) {
  return job.image_index > 0 && kStages[stage].once;
}

// Seconds per step in this job; 0 before the first step.
double measured_step(const ProgressInput& job) {
  if (job.stage == stage_of_steps(job) && job.step > 0)
    return std::max(1e-6, job.stage_elapsed - job.step_elapsed) / job.step;
  return job.step_seconds;
}

// Estimates the stages after the steps by their usual shares if nothing better is known.
void estimate_rest(Stages& seconds) {
  const std::size_t steps = index_of(Stage::kDenoise);
  for (std::size_t i = steps + 1; i < kStageCount; ++i) {
    if (seconds[i] <= 0) seconds[i] = seconds[steps] * kUnknownShares[i] / kUnknownShares[steps];
  }
}

// Progress of each stage of this picture. `step_seconds`: 0 = not known.
Stages stages_done(const ProgressInput& job, const Stages& expected, double step_seconds) {
  Stages done{};
  const std::size_t now = index_of(job.stage);
  std::fill(done.begin(), done.begin() + static_cast<std::ptrdiff_t>(now), 1.0);
  if (job.stage == stage_of_steps(job) && job.steps > 0) {
    const double into = step_seconds > 0 ? std::min(0.9, job.step_elapsed / step_seconds) : 0.0;
    done[now] = std::min(1.0, (job.step + into) / job.steps);
  } else {
    // A stage without steps approaches its end more and more slowly and never reaches it.
    const double scale = expected[now] > 0 ? expected[now] : 1.0;
    done[now] = 0.95 * (1 - std::exp(-2 * job.stage_elapsed / scale));
  }
  return done;
}

// Progress of the whole job, with `weights` as the stages' seconds.
void fill_job(ProgressView& view, const ProgressInput& job, const Stages& weights) {
  const double each = of_each(weights);
  double once = 0;
  for (const double weight : weights) once += weight;
  once -= each;
  const double all = once + job.count * each;
  double done = job.image_index > 0 ? once + job.image_index * each : 0;
  for (std::size_t i = 0; i < kStageCount; ++i) {
    if (!is_over(job, i)) done += weights[i] * view.done[i];
  }
  view.job_done = std::min(1.0, done / all);
  for (int i = 1; i < job.count; ++i) view.picture_ends.push_back((once + i * each) / all);
}

double picture_left(const ProgressInput& job, const Stages& expected, const Stages& done) {
  double left = 0;
  const std::size_t now = index_of(job.stage);
  for (std::size_t i = now; i < kStageCount; ++i) {
    left += i > now                            ? expected[i]
            : job.stage == stage_of_steps(job) ? expected[i] * (1 - done[i])
                                               : std::max(0.0, expected[i] - job.stage_elapsed);
  }
  return left;
}

}  // namespace

ProgressView progress_of(const ProgressInput& job) {
  Stages expected = planned_seconds(job);
  const Stage steps = stage_of_steps(job);
  double& denoise = expected[index_of(steps)];
  const double measured = measured_step(job);
  // Measured steps are better than the plan's prediction.
  if (measured > 0 && (job.stage == steps || denoise <= 0)) {
    denoise = measured * job.steps;
    if (steps == Stage::kDenoise) estimate_rest(expected);
  }
  const double step_seconds = job.steps > 0 ? denoise / job.steps : 0;

  ProgressView view;
  view.done = stages_done(job, expected, step_seconds);
  double total = 0;
  for (const double seconds : expected) total += seconds;
  fill_job(view, job, total > 0 ? expected : kUnknownShares);
  double sum = 0;
  for (std::size_t i = 0; i < kStageCount; ++i) {
    const double seconds = is_over(job, i) ? 0 : expected[i];
    if (!has(job, i)) continue;
    view.share[i] = total > 0 ? std::max(kSmallestShare, seconds / total) : kUnknownShares[i];
    sum += view.share[i];
  }
  for (double& share : view.share) share /= sum;
  if (denoise <= 0) return view;
  view.estimated = measured <= 0 && job.plan && job.plan->seconds_are_estimated;
  view.picture_seconds_left = picture_left(job, expected, view.done);
  const int more = std::max(0, job.count - 1 - job.image_index);
  view.seconds_left = *view.picture_seconds_left + more * of_each(expected);
  return view;
}

}  // namespace headroom
