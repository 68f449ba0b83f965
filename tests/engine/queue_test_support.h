#pragma once
#include "headroom/engine/generation_queue.h"

#include "support/fake_generator.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {

using namespace std::chrono_literals;

inline GenerationRequest small_request(std::string prompt = "cat", int steps = 3) {
  GenerationRequest request;
  request.prompt = std::move(prompt);
  request.steps = steps;
  request.width = request.height = 8;
  return request;
}

// Polls `condition`; gives up after 20 s so that a bug fails instead of hanging.
template <typename Condition>
[[nodiscard]] bool wait_until(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(200us);
  }
  return true;
}

// A queue that is watched from its beginning on.
class WatchedQueue : public GenerationQueue {
 public:
  WatchedQueue(MakeGenerator make_generator, SavePicture save, std::function<void()> wake,
               PictureDone done = {}, std::size_t most_unsaved_bytes = kMaxUnsavedBytes)
      : GenerationQueue({std::move(make_generator), std::move(done)}, std::move(save),
                        most_unsaved_bytes),
        watcher_(*this, std::move(wake)) {}
  std::vector<FinishedPicture> take_pictures() { return watcher_.take_pictures(); }
  std::vector<JobOutcome> take_finished() { return watcher_.take_finished(); }

 private:
  QueueWatcher watcher_;
};

// Exactly `count` outcomes, in the order in which they were handed over.
inline std::vector<JobOutcome> wait_for_outcomes(WatchedQueue& queue, std::size_t count) {
  std::vector<JobOutcome> all;
  EXPECT_TRUE(wait_until([&] {
    for (auto& outcome : queue.take_finished()) all.push_back(std::move(outcome));
    return all.size() >= count;
  }));
  EXPECT_EQ(all.size(), count);
  all.resize(count);
  return all;
}

inline JobOutcome wait_for_outcome(WatchedQueue& queue) {
  return std::move(wait_for_outcomes(queue, 1).front());
}

inline bool succeeded(const JobOutcome& outcome) {
  return std::holds_alternative<std::monostate>(outcome.value);
}

inline bool was_cancelled(const JobOutcome& outcome) {
  return std::holds_alternative<Cancelled>(outcome.value);
}

inline GenerationQueue::MakeGenerator make_fake(std::chrono::microseconds step_time = {}) {
  return [step_time] { return std::make_unique<FakeGenerator>(step_time); };
}

inline std::filesystem::path save_nowhere(const GenerationRequest&, const GeneratedImage& picture) {
  return "picture_" + std::to_string(picture.index) + ".png";
}

// Holds every job until it is let through (or cancelled), so that a test decides what waits.
class Gate {
 public:
  void open() { open_ = true; }
  [[nodiscard]] GenerationQueue::MakeGenerator make_generator() {
    return [this] { return std::make_unique<Generator>(*this); };
  }
  [[nodiscard]] int entered() const { return entered_; }

 private:
  class Generator final : public ImageGenerator {
   public:
    explicit Generator(Gate& gate) : gate_(gate) {}
    void generate(const GenerationRequest& request, ProgressSink& progress,
                  std::stop_token stop) override {
      ++gate_.entered_;
      while (!gate_.open_) {
        check_cancelled(stop);
        std::this_thread::sleep_for(200us);
      }
      fake_.generate(request, progress, std::move(stop));
    }

   private:
    Gate& gate_;
    FakeGenerator fake_;
  };

  std::atomic<bool> open_ = false;
  std::atomic<int> entered_ = 0;
};

}  // namespace headroom::test
