#include "headroom/memory/slowdown_detector.h"

#include "median.h"

#include <cmath>
#include <utility>
#include <vector>

namespace headroom {

std::optional<SlowdownDetector::Slowness> SlowdownDetector::add(const Kind& kind, double seconds,
                                                                double others_share) {
  constexpr std::size_t kMaxKinds = 64;
  constexpr std::size_t kMaxSteps = 500;
  if (!(seconds > 0) || !std::isfinite(seconds)) return std::nullopt;
  if (series_.size() >= kMaxKinds && !series_.contains(kind)) series_.clear();
  Series& series = series_[kind];
  std::deque<Series::Step>& steps = series.steps;
  steps.push_back({seconds, others_share});
  if (steps.size() > kMaxSteps) steps.pop_front();
  if (steps.size() < kSteps) return std::nullopt;
  std::vector<double> all;
  all.reserve(steps.size());
  for (const Series::Step& step : steps) all.push_back(step.seconds);
  const double median_so_far = median(std::move(all));
  if (series.usual == 0 || median_so_far < series.usual) series.usual = median_so_far;

  std::vector<double> last;
  double sum = 0;
  double others = 0;
  for (auto step = steps.rbegin();
       step != steps.rend() && (last.size() < kSteps || sum < kSustained_s); ++step) {
    last.push_back(step->seconds);
    sum += step->seconds;
    others += step->seconds * step->others_share;
  }
  const double factor = median(std::move(last)) / series.usual;
  if (series.slow && factor < kRecovered) series.slow = false;
  if (series.slow || factor < kSlower || sum < kSustained_s) return std::nullopt;
  series.slow = true;
  return Slowness{factor, others > kOthersShare * sum};
}

}  // namespace headroom
