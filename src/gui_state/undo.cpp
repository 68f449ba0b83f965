#include "headroom/gui_state/undo.h"

#include <utility>

namespace headroom {
namespace {

constexpr std::size_t kMaxUndoSteps = 200;
constexpr double kInARow_s = 2;

}  // namespace

void UndoStack::push(Step step) {
  step.id = next_id_++;
  steps_.push_back(std::move(step));
  if (steps_.size() > kMaxUndoSteps) steps_.erase(steps_.begin());
  undone_.clear();
}

std::uint64_t UndoStack::record(const Settings& now) {
  if (now == current_) return newest();
  const bool same_row = typing_s_ && in_a_row_ && !steps_.empty() && steps_.back().typed;
  if (!same_row) push({.settings = current_, .typed = typing_s_.has_value()});
  current_ = now;
  return newest();
}

std::uint64_t UndoStack::record_removed(std::vector<GenerationRequest> jobs) {
  if (!jobs.empty()) push({.settings = current_, .removed = std::move(jobs)});
  return newest();
}

std::uint64_t UndoStack::record_declined(std::vector<GenerationRequest> jobs) {
  if (!jobs.empty()) push({.settings = current_, .declined = std::move(jobs)});
  return newest();
}

std::uint64_t UndoStack::record_discarded(FinishedPicture picture, std::size_t place) {
  push({.settings = current_,
        .discarded = std::make_shared<const FinishedPicture>(std::move(picture)),
        .place = place});
  return newest();
}

void UndoStack::typing(std::optional<double> time_s) {
  if (time_s) {
    in_a_row_ = *time_s - typed_s_ < kInARow_s;
    typed_s_ = *time_s;
  }
  typing_s_ = time_s;
}

std::optional<UndoStack::Step> UndoStack::undo(const Settings& now) {
  record(now);
  if (steps_.empty()) return std::nullopt;
  Step step = std::move(steps_.back());
  steps_.pop_back();
  typed_s_ = -1e9;
  if (step.changes_settings()) undone_.push_back(std::exchange(current_, step.settings));
  return step;
}

Settings UndoStack::take_redone() {
  Settings again = std::move(undone_.back());
  undone_.pop_back();
  std::vector<Settings> more = std::exchange(undone_, {});
  push({.settings = std::exchange(current_, again)});
  undone_ = std::move(more);
  return again;
}

std::optional<Settings> UndoStack::redo(const Settings& now) {
  record(now);  // a new change ends redo
  if (undone_.empty()) return std::nullopt;
  return take_redone();
}

const Settings* UndoStack::before(const Settings& now) const {
  if (now != current_) return &current_;
  return !steps_.empty() && steps_.back().changes_settings() ? &steps_.back().settings : nullptr;
}

const Settings* UndoStack::after(const Settings& now) const {
  return now == current_ && !undone_.empty() ? &undone_.back() : nullptr;
}

void UndoStack::follow(const Settings& now) {
  if (now == current_) return;
  const bool has_step = !steps_.empty() && steps_.back().changes_settings();
  if (has_step && steps_.back().settings == now) {
    undone_.push_back(std::exchange(current_, now));
    steps_.pop_back();
  } else if (!undone_.empty() && undone_.back() == now) {
    take_redone();
  }
}

}  // namespace headroom
