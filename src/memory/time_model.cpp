#include "headroom/memory/time_model.h"

#include <algorithm>
#include <vector>

namespace headroom {
namespace {

double median_of(const std::deque<double>& values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

}  // namespace

void TimeModel::learn(Stage stage, double guessed, double seconds) {
  constexpr std::size_t kRemembered = 15;
  if (!(guessed > 0) || !(seconds > 0)) return;
  const auto i = static_cast<std::size_t>(stage);
  ratios_[i].push_back(seconds / guessed);
  if (ratios_[i].size() > kRemembered) ratios_[i].pop_front();
  medians_[i] = median_of(ratios_[i]);
}

bool TimeModel::knows(Stage stage) const {
  return !ratios_[static_cast<std::size_t>(stage)].empty();
}

double TimeModel::seconds(Stage stage, double guessed) const {
  return medians_[static_cast<std::size_t>(stage)] * guessed;
}

}  // namespace headroom
