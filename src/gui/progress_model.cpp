#include "progress_model.h"

#include <algorithm>
#include <cmath>

namespace headroom {
namespace {

constexpr std::size_t index(Stage stage) { return static_cast<std::size_t>(stage); }
double megapixels(int width, int height) { return width * 1e-6 * height; }

// New runs count for half: the first run after a start is often slower than the rest.
void blend(double& known, double seen, bool first) { known = first ? seen : (known + seen) / 2; }

// Shares to draw with while nothing was measured: most of the time goes into denoising.
constexpr std::array<double, kStageCount> kUnknownShares{0.08, 0.06, 0.70, 0.13, 0.03};
constexpr double kSmallestShare = 0.03;  // so that every stage can be seen

}  // namespace

void ProgressModel::learn(const Receipt& receipt, int width, int height, int steps) {
  const double area = megapixels(width, height);
  if (area <= 0 || steps <= 0) return;
  const auto seconds = [&](Stage stage) {
    return std::max(0.0, receipt.stage_seconds[index(stage)]);
  };
  if (seconds(Stage::kDenoise) <= 0) return;
  const bool first = !learned_;
  // Further pictures of a job load and encode nothing; keep what the first one took.
  if (first || seconds(Stage::kLoad) > 0) blend(load_, seconds(Stage::kLoad), first);
  if (first || seconds(Stage::kEncode) > 0) blend(encode_, seconds(Stage::kEncode), first);
  blend(denoise_per_step_megapixel_, seconds(Stage::kDenoise) / (steps * area), first);
  blend(decode_per_megapixel_, seconds(Stage::kDecode) / area, first);
  blend(save_per_megapixel_, seconds(Stage::kSave) / area, first);
  learned_ = true;
}

std::array<double, kStageCount> ProgressModel::expect(int width, int height, int steps,
                                                      const std::optional<Plan>& plan) const {
  std::array<double, kStageCount> seconds{};
  if (learned_) {
    const double area = megapixels(width, height);
    seconds = {load_, encode_, denoise_per_step_megapixel_ * steps * area,
               decode_per_megapixel_ * area, save_per_megapixel_ * area};
  }
  if (plan) {
    // A plan that knows its seconds says 0 where nothing has to be done: all is loaded.
    const bool known = plan->seconds > 0;
    for (const StagePlan& stage : plan->stages) {
      if (known || stage.seconds > 0) seconds[index(stage.stage)] = stage.seconds;
    }
  }
  return seconds;
}

std::optional<double> ProgressModel::seconds_per_picture(int width, int height, int steps) const {
  if (!learned_) return std::nullopt;
  const auto e = expect(width, height, steps, std::nullopt);
  return e[index(Stage::kEncode)] + e[index(Stage::kDenoise)] + e[index(Stage::kDecode)] +
         e[index(Stage::kSave)];
}

namespace {

using Stages = std::array<double, kStageCount>;

// The stages that every picture of a job goes through; load and encode come once.
double of_each(const Stages& seconds) {
  return seconds[index(Stage::kDenoise)] + seconds[index(Stage::kDecode)] +
         seconds[index(Stage::kSave)];
}

// Seconds of a step of this job; 0 before the first one.
double measured_step(const ProgressInput& job) {
  if (job.stage == Stage::kDenoise && job.step > 0)
    return std::max(1e-6, job.stage_elapsed - job.step_elapsed) / job.step;
  return job.step_seconds;
}

// What comes after the steps, where nothing else is known of it, by the usual shares.
void guess_rest(Stages& seconds) {
  const std::size_t steps = index(Stage::kDenoise);
  for (const Stage stage : {Stage::kDecode, Stage::kSave}) {
    double& rest = seconds[index(stage)];
    if (rest <= 0) rest = seconds[steps] * kUnknownShares[index(stage)] / kUnknownShares[steps];
  }
}

// How much of each stage of this picture is done. `step_seconds`: 0 = not known.
Stages stages_done(const ProgressInput& job, const Stages& expected, double step_seconds) {
  Stages done{};
  const std::size_t now = index(job.stage);
  std::fill(done.begin(), done.begin() + static_cast<std::ptrdiff_t>(now), 1.0);
  if (job.stage == Stage::kDenoise && job.steps > 0) {
    const double into = step_seconds > 0 ? std::min(0.9, job.step_elapsed / step_seconds) : 0.0;
    done[now] = std::min(1.0, (job.step + into) / job.steps);
  } else {
    // A stage without steps creeps: it nears its end and never claims to be there.
    const double scale = expected[now] > 0 ? expected[now] : 1.0;
    done[now] = 0.95 * (1 - std::exp(-2 * job.stage_elapsed / scale));
  }
  return done;
}

// What is done of the whole job, with `weights` for the seconds of the stages.
void fill_job(ProgressView& view, const ProgressInput& job, const Stages& weights) {
  const double each = of_each(weights);
  double once = 0;
  for (const double weight : weights) once += weight;
  once -= each;
  const double all = once + job.count * each;
  double done = job.image_index > 0 ? once + job.image_index * each : 0;
  const std::size_t first = job.image_index > 0 ? index(Stage::kDenoise) : 0;
  for (std::size_t i = first; i < kStageCount; ++i) done += weights[i] * view.done[i];
  view.job_done = std::min(1.0, done / all);
  for (int i = 1; i < job.count; ++i) view.picture_ends.push_back((once + i * each) / all);
}

double picture_left(const ProgressInput& job, const Stages& expected, const Stages& done) {
  double left = 0;
  const std::size_t now = index(job.stage);
  for (std::size_t i = now; i < kStageCount; ++i) {
    left += i > now                        ? expected[i]
            : job.stage == Stage::kDenoise ? expected[i] * (1 - done[i])
                                           : std::max(0.0, expected[i] - job.stage_elapsed);
  }
  return left;
}

}  // namespace

ProgressView ProgressModel::view(const ProgressInput& job) const {
  Stages expected = expect(job.width, job.height, job.steps, job.plan);
  double& denoise = expected[index(Stage::kDenoise)];
  const double measured = measured_step(job);
  // This run knows its steps better than the last one.
  if (measured > 0 && (job.stage == Stage::kDenoise || denoise <= 0)) {
    denoise = measured * job.steps;
    guess_rest(expected);
  }
  const double step_seconds = job.steps > 0 ? denoise / job.steps : 0;

  ProgressView view;
  view.done = stages_done(job, expected, step_seconds);
  double total = 0;
  for (const double seconds : expected) total += seconds;
  fill_job(view, job, total > 0 ? expected : kUnknownShares);
  double sum = 0;
  for (std::size_t i = 0; i < kStageCount; ++i) {
    const bool over = job.image_index > 0 && i < index(Stage::kDenoise);
    const double seconds = over ? 0 : expected[i];
    view.share[i] = total > 0 ? std::max(kSmallestShare, seconds / total) : kUnknownShares[i];
    sum += view.share[i];
  }
  for (double& share : view.share) share /= sum;
  if (denoise <= 0) return view;
  view.estimated = !learned_ && measured <= 0 && job.plan && job.plan->seconds_are_estimated;
  view.picture_seconds_left = picture_left(job, expected, view.done);
  const int more = std::max(0, job.count - 1 - job.image_index);
  view.seconds_left = *view.picture_seconds_left + more * of_each(expected);
  return view;
}

}  // namespace headroom
