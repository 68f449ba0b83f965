#include "headroom/memory/time_model.h"

#include <algorithm>
#include <vector>

namespace headroom {

void TimeModel::learn(Stage stage, double guessed, double seconds) {
  constexpr std::size_t kRemembered = 15;
  if (!(guessed > 0) || !(seconds > 0)) return;
  std::deque<double>& ratios = ratios_[static_cast<std::size_t>(stage)];
  ratios.push_back(seconds / guessed);
  if (ratios.size() > kRemembered) ratios.pop_front();
}

bool TimeModel::knows(Stage stage) const {
  return !ratios_[static_cast<std::size_t>(stage)].empty();
}

double TimeModel::seconds(Stage stage, double guessed) const {
  const std::deque<double>& ratios = ratios_[static_cast<std::size_t>(stage)];
  if (ratios.empty()) return 0;
  std::vector<double> sorted(ratios.begin(), ratios.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t middle = sorted.size() / 2;
  const double median =
      sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return median * guessed;
}

}  // namespace headroom
