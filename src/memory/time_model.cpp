#include "headroom/memory/time_model.h"

#include "median.h"

namespace headroom {

namespace {

constexpr std::size_t kRemembered = 15;

}  // namespace

void TimeModel::learn(Stage stage, double guessed, double seconds) {
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

void TimeModel::learn_copies(double bytes_per_second) {
  if (!(bytes_per_second > 0)) return;
  copies_.push_back(bytes_per_second);
  if (copies_.size() > kRemembered) copies_.pop_front();
}

double TimeModel::copies(double otherwise) const {
  return copies_.empty() ? otherwise : median({copies_.begin(), copies_.end()});
}

}  // namespace headroom
