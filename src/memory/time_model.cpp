#include "headroom/memory/time_model.h"

#include "median.h"

namespace headroom {

void TimeModel::learn(Stage stage, double guessed, double seconds) {
  constexpr std::size_t kRemembered = 15;
  if (!(guessed > 0) || !(seconds > 0)) return;
  const auto i = static_cast<std::size_t>(stage);
  ratios_[i].push_back(seconds / guessed);
  if (ratios_[i].size() > kRemembered) ratios_[i].pop_front();
  medians_[i] = median({ratios_[i].begin(), ratios_[i].end()});
}

bool TimeModel::knows(Stage stage) const {
  return !ratios_[static_cast<std::size_t>(stage)].empty();
}

double TimeModel::seconds(Stage stage, double guessed) const {
  return medians_[static_cast<std::size_t>(stage)] * guessed;
}

}  // namespace headroom
