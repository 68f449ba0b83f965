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

// Reads the device's memory four times a second on its own thread and keeps the samples of the
// last minute. Public functions may be called from any thread.
class MemorySampler {
 public:
  struct Sample {
    std::chrono::steady_clock::time_point time;
    MemorySnapshot memory;
  };
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  static constexpr std::chrono::seconds kHistory{60};

  // `read` is called on the sampler's thread (and once in the constructor, on the caller's). If it
  // throws, the last reading stays, since a failed reading is no reason to end. `wake` is called
  // on the sampler's thread when a figure has changed by more than 1 MiB since its last call.
  // `now` gives the samples' times.
  MemorySampler(
      std::function<MemorySnapshot()> read, std::function<void()> wake,
      std::chrono::milliseconds period = std::chrono::milliseconds(250),
      Clock now = [] { return std::chrono::steady_clock::now(); });
  ~MemorySampler();
  MemorySampler(const MemorySampler&) = delete;
  MemorySampler& operator=(const MemorySampler&) = delete;

  // Forgets all samples and reads once on the caller's thread: `read` is about another device now.
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
