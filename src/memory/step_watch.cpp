#include "headroom/memory/step_watch.h"

#include "median.h"

#include <cmath>

namespace headroom {

std::optional<double> StepWatch::add(const std::string& kind, double seconds) {
  constexpr std::size_t kMostKinds = 64;
  constexpr std::size_t kMostSteps = 500;
  if (!(seconds > 0) || !std::isfinite(seconds)) return std::nullopt;
  if (series_.size() >= kMostKinds && !series_.contains(kind)) series_.clear();
  Series& series = series_[kind];
  std::deque<double>& steps = series.steps;
  steps.push_back(seconds);
  if (steps.size() > kMostSteps) steps.pop_front();
  if (steps.size() < kSteps) return std::nullopt;
  const double median_so_far = median({steps.begin(), steps.end()});
  if (series.usual == 0 || median_so_far < series.usual) series.usual = median_so_far;

  std::vector<double> last;
  double sum = 0;
  for (auto step = steps.rbegin();
       step != steps.rend() && (last.size() < kSteps || sum < kSustained_s); ++step) {
    last.push_back(*step);
    sum += *step;
  }
  const double factor = median(last) / series.usual;
  if (series.slow && factor < kRecovered) series.slow = false;
  if (series.slow || factor < kSlower || sum < kSustained_s) return std::nullopt;
  series.slow = true;
  return factor;
}

}  // namespace headroom
