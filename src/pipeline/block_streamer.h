#pragma once
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

namespace headroom {

// Whether item `index` of `count` is among the `streamed` ones, which are spread evenly, so that
// each copy has the longest possible time to hide behind the work of its neighbours.
[[nodiscard]] constexpr bool is_streamed(int index, int count, int streamed) {
  return (index + 1) * streamed / count > index * streamed / count;
}

// The blocks of a network of which some stay on the device and the others are loaded when their
// turn comes, two buffers deep: while one is in use the next is on its way. Blocks are asked for in
// order, round after round. Used on one thread; in the background one more thread loads.
template <typename Block>
class BlockStreamer {
 public:
  using Load = std::function<Block(int index)>;

  // Loads what stays at once. `background`: the next streamed block is loaded by a thread of its
  // own; else on the calling thread, as a replay needs it, with the same allocations.
  BlockStreamer(int count, int streamed, Load load, bool background)
      : count_(count), load_(std::move(load)), resident_(static_cast<std::size_t>(count)) {
    for (int i = 0; i < count; ++i) {
      if (is_streamed(i, count, streamed)) {
        streamed_.push_back(i);
      } else {
        resident_[static_cast<std::size_t>(i)] = std::make_shared<const Block>(load_(i));
      }
    }
    if (background && streamed_.size() > 1) {
      thread_ = std::jthread([this](std::stop_token stop) { run(std::move(stop)); });
    }
  }

  // The block stays valid while the pointer is held; hold only one. Throws what loading throws.
  std::shared_ptr<const Block> acquire(int index) {
    const auto& resident = resident_[static_cast<std::size_t>(index)];
    if (resident) return resident;
    std::shared_ptr<const Block> block = take(index);
    const int next = next_after(index);
    if (next != index) order(next);
    return block;
  }

  // Drops a block that was loaded ahead and is not needed after all.
  void drop_ahead() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !ordered_; });
    ahead_.reset();
    failure_ = nullptr;
    ahead_index_ = -1;
  }

 private:
  [[nodiscard]] int next_after(int index) const {
    for (const int i : streamed_) {
      if (i > index) return i;
    }
    return streamed_.front();
  }

  std::shared_ptr<const Block> take(int index) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !ordered_; });
      const bool matches = ahead_index_ == index;
      std::shared_ptr<const Block> block = std::exchange(ahead_, nullptr);
      const std::exception_ptr failure = std::exchange(failure_, nullptr);
      ahead_index_ = -1;
      if (matches && failure) std::rethrow_exception(failure);
      if (matches && block) return block;
    }
    return std::make_shared<const Block>(load_(index));
  }

  void order(int index) {
    if (!thread_.joinable()) {
      ahead_ = std::make_shared<const Block>(load_(index));
      ahead_index_ = index;
      return;
    }
    {
      const std::scoped_lock lock(mutex_);
      ordered_ = index;
    }
    changed_.notify_all();
  }

  void run(std::stop_token stop) {
    const c10::InferenceMode inference;
    at::set_num_threads(1);  // the other cores belong to the arithmetic
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return ordered_.has_value(); })) {
      const int index = *ordered_;
      lock.unlock();
      std::shared_ptr<const Block> block;
      std::exception_ptr failure;
      try {
        block = std::make_shared<const Block>(load_(index));
      } catch (...) {  // handed to the thread that asked, not swallowed
        failure = std::current_exception();
      }
      lock.lock();
      ahead_ = std::move(block);
      failure_ = failure;
      ahead_index_ = index;
      ordered_.reset();
      changed_.notify_all();
    }
  }

  const int count_;
  const Load load_;
  std::vector<std::shared_ptr<const Block>> resident_;
  std::vector<int> streamed_;  // ascending

  std::mutex mutex_;  // guards everything below
  std::condition_variable_any changed_;
  std::optional<int> ordered_;  // being loaded
  std::shared_ptr<const Block> ahead_;
  std::exception_ptr failure_;
  int ahead_index_ = -1;

  std::jthread thread_;  // last member: joined before anything above is destroyed
};

}  // namespace headroom
