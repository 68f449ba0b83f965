#pragma once
#include "headroom/engine/queue_watcher.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace headroom {

// Holds what one watcher has not fetched from its queue yet. May be used from any thread.
class QueueWatcher::Mailbox {
 public:
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void put(const FinishedPicture& picture) {
    const std::scoped_lock lock(mutex_);
    pictures_.push_back(picture);
  }
  void put(const JobOutcome& outcome) {
    const std::scoped_lock lock(mutex_);
    finished_.push_back(outcome);
  }
  std::vector<FinishedPicture> take_pictures() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(pictures_, {});
  }
  std::vector<JobOutcome> take_finished() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(finished_, {});
  }

  // Several threads may be in here at once, one of them twice: `wake` may cancel a job, which
  // wakes again.
  void wake() {
    ++waking_;
    if (!closed_) wake_();
    if (--waking_ == 0) waking_.notify_all();
  }
  // After this returns, wake() does nothing.
  void close() {
    closed_ = true;
    for (int now = waking_; now != 0; now = waking_) waking_.wait(now);
  }

 private:
  const std::function<void()> wake_;
  std::atomic<bool> closed_ = false;
  std::atomic<int> waking_ = 0;  // threads in wake()
  std::mutex mutex_;             // guards what follows
  std::vector<FinishedPicture> pictures_;
  std::vector<JobOutcome> finished_;
};

}  // namespace headroom
