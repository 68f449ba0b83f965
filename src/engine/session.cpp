#include "headroom/engine/session.h"

#include <exception>
#include <utility>

namespace headroom {

Session::Session(Open open, const SessionChoice& first, GenerationQueue::SavePicture save,
                 std::size_t most_unsaved_bytes)
    : open_(std::move(open)),
      state_{std::make_shared<const ModelOnDevice>(open_(first)), std::nullopt, {}},
      queue_(state_.current->source, std::move(save), most_unsaved_bytes),
      sampler_([this] { return current()->read_memory(); }, [this] { queue_.wake(); }),
      opener_([this](const std::stop_token& stop) { run(stop); }) {}

Session::~Session() = default;

std::shared_ptr<const ModelOnDevice> Session::current() const {
  const std::scoped_lock lock(mutex_);
  return state_.current;
}

Session::State Session::state() const {
  const std::scoped_lock lock(mutex_);
  return state_;
}

void Session::change(const SessionChoice& to) {
  {
    const std::scoped_lock lock(mutex_);
    ++asked_;
    queue_.withdraw_replacement();
    if (to == state_.current->choice) {
      to_open_.reset();
      state_.change.reset();
    } else {
      to_open_ = to;
      state_.change = {to, false};
    }
  }
  asked_for_.notify_one();
  queue_.wake();
}

void Session::keep() {
  {
    const std::scoped_lock lock(mutex_);
    if (!state_.change) return;
    // Too late: it is taking over right now.
    if (state_.change->is_opened && !queue_.withdraw_replacement()) return;
    ++asked_;
    to_open_.reset();
    state_.change.reset();
  }
  queue_.wake();
}

void Session::run(const std::stop_token& stop) {
  while (true) {
    std::optional<SessionChoice> choice;
    std::uint64_t asked = 0;
    bool is_fresh = false;
    {
      std::unique_lock lock(mutex_);
      asked_for_.wait(lock, stop, [&] { return to_open_ || is_fresh_; });
      if (stop.stop_requested()) return;
      std::swap(choice, to_open_);
      asked = asked_;
      is_fresh = std::exchange(is_fresh_, false);
    }
    if (is_fresh) sampler_.start_anew();
    if (choice) open_next(*choice, asked);
    queue_.wake();
  }
}

void Session::open_next(const SessionChoice& choice, std::uint64_t asked) {
  std::shared_ptr<const ModelOnDevice> next;
  std::optional<Failure> failure;
  try {
    next = std::make_shared<const ModelOnDevice>(open_(choice));
  } catch (const Error& e) {
    failure = {e.kind(), e.message()};
  } catch (const std::exception& e) {
    failure = {ErrorKind::kInternal, Error::unworded(ErrorKind::kInternal, e.what())};
  }
  const std::scoped_lock lock(mutex_);
  if (asked != asked_) return;  // another change was asked for meanwhile
  if (failure) return end_change(asked, choice, failure);
  state_.change->is_opened = true;
  queue_.replace(next->source, [this, next, asked](const std::optional<Failure>& failed) {
    take_over(next, asked, failed);
  });
}

// Runs on the queue's worker, between two jobs.
void Session::take_over(const std::shared_ptr<const ModelOnDevice>& next, std::uint64_t asked,
                        const std::optional<Failure>& failure) {
  {
    const std::scoped_lock lock(mutex_);
    if (!failure) {
      state_.current = next;
      is_fresh_ = true;
    }
    end_change(asked, next->choice, failure);
  }
  asked_for_.notify_one();
}

void Session::end_change(std::uint64_t asked, const SessionChoice& to,
                         const std::optional<Failure>& failure) {
  if (asked != asked_) return;  // a newer change is awaited
  state_.change.reset();
  state_.changed = {state_.changed.number + 1, to, failure};
}

}  // namespace headroom
