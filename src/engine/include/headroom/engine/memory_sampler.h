#pragma once
#include "headroom/core/memory_snapshot.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace headroom {

// Asks the device for its memory four times a second on a thread of its own and keeps the last
// minute. Public functions may be called from any thread.
class MemorySampler {
 public:
  struct Sample {
    std::chrono::steady_clock::time_point time;
    MemorySnapshot memory;
  };
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  static constexpr std::chrono::seconds kHistory{60};

  // `read` runs on the sampler's thread (and once in the constructor, on the caller's). While it
  // throws, the last reading stays: a device that cannot be asked is no reason to end. `wake` runs
  // on the sampler's thread when a figure moved by more than 1 MiB since the last call of it.
  // `now` stamps the samples.
  MemorySampler(
      std::function<MemorySnapshot()> read, std::function<void()> wake,
      std::chrono::milliseconds period = std::chrono::milliseconds(250),
      Clock now = [] { return std::chrono::steady_clock::now(); });
  ~MemorySampler();
  MemorySampler(const MemorySampler&) = delete;
  MemorySampler& operator=(const MemorySampler&) = delete;

  // Reads on the caller's thread and forgets what was read before: `read` tells of another device.
  void start_anew();

  [[nodiscard]] MemorySnapshot latest() const;        // all zero before the first good reading
  [[nodiscard]] std::vector<Sample> history() const;  // oldest first, at most 60 s

 private:
  void run(std::stop_token stop);
  void take_sample(bool is_first = false);

  std::function<MemorySnapshot()> read_;
  std::function<void()> wake_;
  std::chrono::milliseconds period_;
  Clock now_;
  mutable std::mutex mutex_;  // guards samples_
  std::condition_variable_any changed_;
  std::deque<Sample> samples_;
  std::jthread thread_;  // last member
};

}  // namespace headroom
