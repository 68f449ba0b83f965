#include "headroom/memory/time_model.h"

#include <algorithm>
#include <vector>

namespace headroom {

void TimeModel::learn(Stage stage, double work, double seconds) {
  constexpr std::size_t kRemembered = 15;
  if (!(work > 0) || !(seconds > 0)) return;
  std::deque<double>& rates = rates_[static_cast<std::size_t>(stage)];
  rates.push_back(seconds / work);
  if (rates.size() > kRemembered) rates.pop_front();
}

double TimeModel::seconds(Stage stage, double work) const {
  const std::deque<double>& rates = rates_[static_cast<std::size_t>(stage)];
  if (rates.empty()) return 0;
  std::vector<double> sorted(rates.begin(), rates.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t middle = sorted.size() / 2;
  const double median =
      sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return median * work;
}

}  // namespace headroom
