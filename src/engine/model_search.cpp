#include "headroom/engine/model_search.h"

#include <exception>
#include <utility>

namespace headroom {
namespace {

struct GiveUp {};  // nobody waits any more

}  // namespace

ModelSearch::ModelSearch(Find find, std::function<void()> wake)
    : find_(std::move(find)),
      wake_(std::move(wake)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

ModelSearch::~ModelSearch() = default;

void ModelSearch::look(const SessionChoice& present) {
  if (!find_) return;
  {
    const std::scoped_lock lock(mutex_);
    wanted_ = present;
    ++asked_;
    found_.is_looking = true;
  }
  changed_.notify_one();
}

ModelSearch::Found ModelSearch::found() const {
  const std::scoped_lock lock(mutex_);
  return found_;
}

void ModelSearch::run(const std::stop_token& stop) {
  while (true) {
    SessionChoice present;
    std::uint64_t asked = 0;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [&] { return wanted_.has_value(); });
      if (stop.stop_requested()) return;
      present = *std::exchange(wanted_, std::nullopt);
      asked = asked_;
    }
    search(present, asked, stop);
    wake_();
  }
}

void ModelSearch::search(const SessionChoice& present, std::uint64_t asked,
                         const std::stop_token& stop) {
  std::vector<ModelOffer> all;
  bool is_first = false;
  {
    const std::scoped_lock lock(mutex_);
    is_first = found_.models.empty();
  }
  try {
    find_(present, [&](ModelOffer offer) {
      {
        const std::scoped_lock lock(mutex_);
        if (stop.stop_requested() || asked != asked_) throw GiveUp{};
        all.push_back(std::move(offer));
        if (is_first) found_.models = all;  // a list that grows is better than none
      }
      wake_();
    });
  } catch (const GiveUp&) {
    return;
  } catch (const std::exception&) {
    // Those that were found by then are shown.
  }
  const std::scoped_lock lock(mutex_);
  if (asked != asked_) return;
  found_ = {std::move(all), false};
}

}  // namespace headroom
