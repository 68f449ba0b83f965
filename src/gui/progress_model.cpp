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

ProgressView ProgressModel::view(const ProgressInput& job) const {
  auto expected = expect(job.width, job.height, job.steps, job.plan);
  const std::size_t now = index(job.stage);
  double step_seconds = job.steps > 0 ? expected[index(Stage::kDenoise)] / job.steps : 0;
  if (job.stage == Stage::kDenoise && job.step > 0) {  // this run knows better than the last one
    step_seconds = std::max(1e-6, job.stage_elapsed - job.step_elapsed) / job.step;
    expected[index(Stage::kDenoise)] = step_seconds * job.steps;
  }

  ProgressView view;
  double total = 0;
  for (const double seconds : expected) total += seconds;
  double sum = 0;
  for (std::size_t i = 0; i < kStageCount; ++i) {
    view.share[i] = total > 0 ? std::max(kSmallestShare, expected[i] / total) : kUnknownShares[i];
    sum += view.share[i];
    view.done[i] = i < now ? 1.0 : 0.0;
  }
  for (double& share : view.share) share /= sum;

  if (job.stage == Stage::kDenoise && job.steps > 0) {
    const double into = step_seconds > 0 ? std::min(0.9, job.step_elapsed / step_seconds) : 0.0;
    view.done[now] = std::min(1.0, (job.step + into) / job.steps);
  } else {
    // A stage without steps creeps: it nears its end and never claims to be there.
    const double scale = expected[now] > 0 ? expected[now] : 1.0;
    view.done[now] = 0.95 * (1 - std::exp(-2 * job.stage_elapsed / scale));
  }

  if (expected[index(Stage::kDenoise)] > 0) {
    double left = 0;
    for (std::size_t i = now; i < kStageCount; ++i) {
      left += i == now && job.stage != Stage::kDenoise
                  ? std::max(0.0, expected[i] - job.stage_elapsed)
              : i == now ? expected[i] * (1 - view.done[i])
                         : expected[i];
    }
    const int more = std::max(0, job.count - 1 - job.image_index);
    left += more * (expected[index(Stage::kDenoise)] + expected[index(Stage::kDecode)] +
                    expected[index(Stage::kSave)]);
    view.seconds_left = left;
  }
  return view;
}

}  // namespace headroom
