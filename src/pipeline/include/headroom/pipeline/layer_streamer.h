#pragma once
#include "headroom/core/error.h"
#include "headroom/device/copy_stream.h"
#include "headroom/pipeline/recycling_weights.h"

#include <array>
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

// Whether item `index` of `count` is one of the `streamed` ones. They are spread evenly, so that
// each copy has as much time as possible to overlap with the work on its neighbours.
[[nodiscard]] constexpr bool is_streamed(int index, int count, int streamed) {
  return (index + 1) * streamed / count > index * streamed / count;
}

// The blocks of a network, some of which stay on the device. The others are loaded when their turn
// comes, into two buffers with room for the largest: while one is in use, the next block is loaded
// into the other. Blocks are acquired in order, round after round. Used on one thread; in the
// background one more thread loads.
template <typename Block>
class LayerStreamer {
 public:
  // Loads a block. Its tensors are read into `memory` if that has some; otherwise they are added
  // there.
  using Load = std::function<Block(int index, LayerMemory& memory)>;
  // Receives the index of the block after the one that was loaded, so that the disk can read
  // ahead.
  using Expect = std::function<void(int index)>;

  // Loads the resident blocks at once. `background`: the next streamed block is loaded on another
  // thread; otherwise on the calling thread with the same allocations, as a dry run needs it.
  LayerStreamer(int count, int streamed, Load load, Expect expect, c10::Device device,
                bool background)
      : count_(count),
        load_(std::move(load)),
        expect_(std::move(expect)),
        resident_(static_cast<std::size_t>(count)),
        copies_(device),
        loading_threads_(device.is_cpu() ? kBesideArithmetic : kBesideCard) {
    for (int i = 0; i < count; ++i) {
      if (is_streamed(i, count, streamed)) {
        streamed_.push_back(i);
      } else {
        LayerMemory kept;
        resident_[static_cast<std::size_t>(i)] = std::make_shared<const Block>(load_(i, kept));
      }
    }
    empty_buffers();
    if (background && streamed_.size() > 1) {
      thread_ = std::jthread([this](std::stop_token stop) { run(std::move(stop)); });
    }
  }

  // The block is valid until the next call; the pointer must be released by then. Throws what
  // loading throws.
  std::shared_ptr<const Block> acquire(int index) {
    const auto& resident = resident_[static_cast<std::size_t>(index)];
    if (resident) return resident;
    take(index);
    const int next = next_after(index);
    if (next != index) {
      // The other buffer may be overwritten once all work that was queued so far is done.
      copies_.follow_compute();
      order(next);
    }
    return buffers_[in_use_].block;
  }

  // Drops the buffers, including a block that was loaded ahead and is not needed.
  void drop_buffers() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !ordered_; });
    failure_ = nullptr;
    empty_buffers();
  }

 private:
  struct Buffer {
    LayerMemory memory;
    std::shared_ptr<const Block> block;
    int index = -1;  // of the complete block in it; -1 = none
  };

  [[nodiscard]] int next_after(int index) const {
    for (const int i : streamed_) {
      if (i > index) return i;
    }
    return streamed_.front();
  }

  // The next round begins with the first streamed block; no device memory is taken before that.
  void empty_buffers() {
    for (Buffer& buffer : buffers_) {
      buffer = {};
      buffer.memory.layers = streamed_;
    }
    if (!streamed_.empty()) expect_(streamed_.front());
  }

  // Makes the buffer with block `index` the one in use.
  void take(int index) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !ordered_; });
      if (const std::exception_ptr failure = std::exchange(failure_, nullptr)) {
        if (failed_ == index) std::rethrow_exception(failure);
      }
      if (buffers_[1 - in_use_].index == index) {
        in_use_ = 1 - in_use_;
        return;
      }
    }
    fill(buffers_[in_use_], index);
  }

  void order(int index) {
    if (!thread_.joinable()) {
      fill(buffers_[1 - in_use_], index);
      return;
    }
    {
      const std::scoped_lock lock(mutex_);
      ordered_ = index;
    }
    changed_.notify_all();
  }

  void fill(Buffer& buffer, int index) {
    if (buffer.block.use_count() > 1) {
      throw Error(ErrorKind::kInternal, "a streamed layer is still held while the next is read");
    }
    buffer.index = -1;
    buffer.block.reset();
    const auto load = [&] {
      buffer.block = std::make_shared<const Block>(load_(index, buffer.memory));
    };
    if (buffer.memory.matrices.empty()) {
      load();  // allocates memory, which must belong to the computing stream
    } else {
      copies_.run(load);
    }
    buffer.index = index;
    expect_(next_after(index));
  }

  void run(std::stop_token stop) {
    const c10::InferenceMode inference;
    copies_.enter_thread();
    at::set_num_threads(loading_threads_);
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return ordered_.has_value(); })) {
      const int index = *ordered_;
      Buffer& buffer = buffers_[1 - in_use_];
      lock.unlock();
      std::exception_ptr failure;
      try {
        fill(buffer, index);
      } catch (...) {  // rethrown on the thread that asked
        failure = std::current_exception();
      }
      lock.lock();
      failure_ = failure;
      failed_ = index;
      ordered_.reset();
      changed_.notify_all();
    }
  }

  // Threads that load. On the CPU the arithmetic needs the cores too; with a GPU, more than four
  // do not read faster.
  static constexpr int kBesideArithmetic = 1;
  static constexpr int kBesideCard = 4;

  const int count_;
  const Load load_;
  const Expect expect_;
  std::vector<std::shared_ptr<const Block>> resident_;
  std::vector<int> streamed_;  // ascending
  CopyStream copies_;
  const int loading_threads_;
  std::size_t in_use_ = 0;  // changes only while no load is ordered

  std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  std::optional<int> ordered_;  // being loaded into the buffer that is not in use
  std::array<Buffer, 2> buffers_;
  std::exception_ptr failure_;
  int failed_ = -1;

  std::jthread thread_;  // last member: joined before anything above is destroyed
};

}  // namespace headroom
