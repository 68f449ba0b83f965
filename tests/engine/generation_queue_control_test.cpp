// Cancelling, reordering, replacing the generator, and the end of the queue.
#include "headroom/engine/generation_queue.h"

#include "engine/queue_test_support.h"
#include "support/fake_generator.h"

#include <atomic>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {
using namespace std::chrono_literals;
using namespace headroom::test;

std::vector<JobId> ids(const std::vector<JobStatus>& jobs) {
  std::vector<JobId> result;
  for (const JobStatus& job : jobs) result.push_back(job.id);
  return result;
}

// Waits until the gate's generator holds a job.
void wait_until_entered(const Gate& gate, int count = 1) {
  ASSERT_TRUE(wait_until([&] { return gate.entered() >= count; }));
}

TEST(GenerationQueueCancel, BeforeTheStartIsNotLost) {
  // However the cancel falls relative to the worker's start, the job must not run to its end.
  for (int i = 0; i < 50; ++i) {
    WatchedQueue queue(make_fake(1ms), save_nowhere, [] {});
    const JobId id = queue.submit(small_request("cat", 1'000'000));
    queue.cancel(id);
    const JobOutcome outcome = wait_for_outcome(queue);
    EXPECT_EQ(outcome.id, id);
    EXPECT_TRUE(was_cancelled(outcome));
  }
}

TEST(GenerationQueueCancel, BeforeTheLoadSavesTheLoad) {
  // The first wake-up comes when the job has become the running one and nothing is loaded yet.
  std::atomic<int> made = 0;
  std::atomic<WatchedQueue*> shown = nullptr;
  WatchedQueue queue(
      [&] {
        ++made;
        return std::make_unique<FakeGenerator>();
      },
      save_nowhere,
      [&] {
        WatchedQueue* q = shown.exchange(nullptr);
        if (q == nullptr) return;
        for (const JobStatus& job : q->status()) q->cancel(job.id);
      });
  shown = &queue;
  queue.submit(small_request());
  EXPECT_TRUE(was_cancelled(wait_for_outcome(queue)));
  EXPECT_EQ(made, 0);
}

TEST(GenerationQueueCancel, DuringTheLoadIsNotLost) {
  std::atomic<bool> loading = false;
  std::atomic<bool> release = false;
  WatchedQueue queue(
      [&] {
        loading = true;
        EXPECT_TRUE(wait_until([&] { return release.load(); }));
        return std::make_unique<FakeGenerator>(1ms);
      },
      save_nowhere, [] {});
  const JobId id = queue.submit(small_request("cat", 1'000'000));
  ASSERT_TRUE(wait_until([&] { return loading.load(); }));
  queue.cancel(id);
  release = true;
  EXPECT_TRUE(was_cancelled(wait_for_outcome(queue)));
}

TEST(GenerationQueueCancel, WhileRunningIsNotAFailure) {
  WatchedQueue queue(make_fake(1ms), save_nowhere, [] {});
  const JobId id = queue.submit(small_request("cat", 1'000'000));
  ASSERT_TRUE(wait_until([&] { return queue.status().front().step >= 2; }));
  queue.cancel(id);
  EXPECT_TRUE(was_cancelled(wait_for_outcome(queue)));
  queue.submit(small_request());
  EXPECT_TRUE(succeeded(wait_for_outcome(queue)));  // the generator survives a cancel
}

TEST(GenerationQueueCancel, KeepsThePicturesThatWereFinished) {
  WatchedQueue queue(make_fake(1ms), save_nowhere, [] {});
  GenerationRequest request = small_request("cat", 20);
  request.count = 64;
  const JobId id = queue.submit(request);
  ASSERT_TRUE(wait_until([&] { return queue.status().front().image_index >= 1; }));
  queue.cancel(id);
  const JobOutcome outcome = wait_for_outcome(queue);
  EXPECT_TRUE(was_cancelled(outcome));
  EXPECT_GE(outcome.pictures, 1);
  EXPECT_LT(outcome.pictures, 64);
  EXPECT_EQ(queue.take_pictures().size(), static_cast<std::size_t>(outcome.pictures));
}

TEST(GenerationQueueCancel, RunningJobSaysThatItIsBeingCancelled) {
  std::atomic<bool> entered = false;
  std::atomic<bool> release = false;
  class Stubborn final : public ImageGenerator {  // is deep inside a long operation
   public:
    Stubborn(std::atomic<bool>& entered, std::atomic<bool>& release)
        : entered_(entered), release_(release) {}
    void generate(const GenerationRequest&, ProgressSink&, std::stop_token stop) override {
      entered_ = true;
      EXPECT_TRUE(wait_until([&] { return release_.load(); }));
      check_cancelled(stop);
    }

   private:
    std::atomic<bool>& entered_;
    std::atomic<bool>& release_;
  };
  WatchedQueue queue([&] { return std::make_unique<Stubborn>(entered, release); }, save_nowhere,
                     [] {});
  const JobId id = queue.submit(small_request());
  ASSERT_TRUE(wait_until([&] { return entered.load(); }));
  EXPECT_FALSE(queue.status().front().cancelling);
  queue.cancel(id);
  EXPECT_TRUE(queue.status().front().cancelling);
  queue.cancel(id);  // a second time changes nothing
  release = true;
  EXPECT_TRUE(was_cancelled(wait_for_outcome(queue)));
  EXPECT_TRUE(queue.take_finished().empty());
}

TEST(GenerationQueueCancel, WaitingJobIsReportedWhileAnotherRuns) {
  Gate gate;
  std::atomic<int> wakes = 0;
  WatchedQueue queue(gate.make_generator(), save_nowhere, [&] { ++wakes; });
  const JobId running = queue.submit(small_request());
  const JobId waiting = queue.submit(small_request("dog"));
  wait_until_entered(gate);
  const int wakes_before = wakes;
  queue.cancel(waiting);
  // Nothing to wait for: the running job is still held by the gate.
  const std::vector<JobOutcome> outcomes = queue.take_finished();
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].id, waiting);
  EXPECT_EQ(outcomes[0].request, small_request("dog"));
  EXPECT_TRUE(was_cancelled(outcomes[0]));
  EXPECT_FALSE(outcomes[0].place) << "it had not begun";
  EXPECT_EQ(ids(queue.status()), std::vector<JobId>{running});
  EXPECT_GT(wakes, wakes_before);
  gate.open();
  EXPECT_TRUE(succeeded(wait_for_outcome(queue)));
}

TEST(GenerationQueueOrder, WaitingJobsMoveAndTheRunningOneStays) {
  Gate gate;
  WatchedQueue queue(gate.make_generator(), save_nowhere, [] {});
  const JobId running = queue.submit(small_request());
  const JobId a = queue.submit(small_request());
  const JobId b = queue.submit(small_request());
  const JobId c = queue.submit(small_request());
  wait_until_entered(gate);
  queue.move(c, -1);
  EXPECT_EQ(ids(queue.status()), (std::vector<JobId>{running, a, c, b}));
  queue.move(a, 2);
  EXPECT_EQ(ids(queue.status()), (std::vector<JobId>{running, c, b, a}));
  queue.move(a, -100);
  EXPECT_EQ(ids(queue.status()), (std::vector<JobId>{running, a, c, b}));
  queue.move(running, 1);
  queue.move(b + 100, -1);
  EXPECT_EQ(ids(queue.status()), (std::vector<JobId>{running, a, c, b}));
  gate.open();
}

TEST(GenerationQueueCancel, WaitingOnesAllAtOnceButNotTheRunningOne) {
  Gate gate;
  WatchedQueue queue(gate.make_generator(), save_nowhere, [] {});
  const JobId running = queue.submit(small_request());
  const JobId second = queue.submit(small_request());
  const JobId third = queue.submit(small_request());
  wait_until_entered(gate);
  queue.cancel_waiting();
  const std::vector<JobOutcome> outcomes = queue.take_finished();
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[0].id, second);
  EXPECT_EQ(outcomes[1].id, third);
  EXPECT_TRUE(was_cancelled(outcomes[0]));
  EXPECT_TRUE(was_cancelled(outcomes[1]));
  EXPECT_EQ(ids(queue.status()), std::vector<JobId>{running});
  EXPECT_FALSE(queue.status().front().cancelling);
  queue.cancel_waiting();  // none left
  gate.open();
  const JobOutcome outcome = wait_for_outcome(queue);
  EXPECT_EQ(outcome.id, running);
  EXPECT_TRUE(succeeded(outcome));
}

TEST(GenerationQueueCancel, UnknownIdIsIgnored) {
  WatchedQueue queue(make_fake(), save_nowhere, [] {});
  queue.cancel(99);
  const JobId id = queue.submit(small_request());
  EXPECT_TRUE(succeeded(wait_for_outcome(queue)));
  queue.cancel(id);  // over already
  EXPECT_TRUE(queue.take_finished().empty());
}

TEST(GenerationQueueCancel, MayCallBackIntoTheQueue) {
  // A generator may hang a callback on the token; it runs inside cancel() and must not find the
  // lock.
  std::atomic<bool> entered = false;
  std::atomic<WatchedQueue*> shown = nullptr;
  class Listening final : public ImageGenerator {
   public:
    Listening(std::atomic<bool>& entered, std::atomic<WatchedQueue*>& shown)
        : entered_(entered), shown_(shown) {}
    void generate(const GenerationRequest&, ProgressSink&, std::stop_token stop) override {
      const std::stop_callback callback(stop, [this] {
        if (WatchedQueue* queue = shown_) (void)queue->status();
      });
      entered_ = true;
      EXPECT_TRUE(wait_until([&] { return stop.stop_requested(); }));
      check_cancelled(stop);
    }

   private:
    std::atomic<bool>& entered_;
    std::atomic<WatchedQueue*>& shown_;
  };
  WatchedQueue queue([&] { return std::make_unique<Listening>(entered, shown); }, save_nowhere,
                     [] {});
  shown = &queue;
  const JobId id = queue.submit(small_request());
  ASSERT_TRUE(wait_until([&] { return entered.load(); }));
  queue.cancel(id);
  EXPECT_TRUE(was_cancelled(wait_for_outcome(queue)));
  shown = nullptr;
}

TEST(GenerationQueueOrder, InFrontMeansBehindTheRunningOne) {
  Gate gate;
  WatchedQueue queue(gate.make_generator(), save_nowhere, [] {});
  const JobId running = queue.submit(small_request());
  wait_until_entered(gate);
  const JobId waiting = queue.submit(small_request());
  const JobId urgent = queue.submit(small_request(), true);
  const JobId more_urgent = queue.submit(small_request(), true);
  const std::vector<JobId> expected{running, more_urgent, urgent, waiting};
  EXPECT_EQ(ids(queue.status()), expected);
  gate.open();
  std::vector<JobId> finished;
  for (const JobOutcome& outcome : wait_for_outcomes(queue, 4)) finished.push_back(outcome.id);
  EXPECT_EQ(finished, expected);
}

TEST(GenerationQueueOrder, InFrontOfAnEmptyQueueJustRuns) {
  WatchedQueue queue(make_fake(), save_nowhere, [] {});
  queue.submit(small_request(), true);
  EXPECT_TRUE(succeeded(wait_for_outcome(queue)));
}

// Writes down on which thread it was made, used and destroyed.
struct Life {
  std::atomic<std::thread::id> made{};
  std::atomic<std::thread::id> used{};
  std::atomic<std::thread::id> destroyed{};
};

class Recorded final : public ImageGenerator {
 public:
  explicit Recorded(Life& life) : life_(life) { life_.made = std::this_thread::get_id(); }
  ~Recorded() override { life_.destroyed = std::this_thread::get_id(); }
  void generate(const GenerationRequest& request, ProgressSink& progress,
                std::stop_token stop) override {
    life_.used = std::this_thread::get_id();
    fake_.generate(request, progress, std::move(stop));
  }

 private:
  Life& life_;
  FakeGenerator fake_;
};

TEST(GenerationQueueReplace, DestroysTheOldGeneratorOnTheWorkerEvenWhenIdle) {
  Life first;
  Life second;
  WatchedQueue queue([&] { return std::make_unique<Recorded>(first); }, save_nowhere, [] {});
  queue.submit(small_request());
  wait_for_outcome(queue);
  EXPECT_EQ(first.destroyed.load(), std::thread::id());
  queue.replace({[&] { return std::make_unique<Recorded>(second); }});
  ASSERT_TRUE(wait_until([&] { return first.destroyed.load() != std::thread::id(); }));
  EXPECT_EQ(first.destroyed.load(), first.made.load());
  EXPECT_EQ(first.used.load(), first.made.load());
  EXPECT_NE(first.made.load(), std::this_thread::get_id());
  ASSERT_TRUE(wait_until([&] { return second.made.load() == first.made.load(); }));

  queue.submit(small_request());
  EXPECT_TRUE(succeeded(wait_for_outcome(queue)));
  EXPECT_EQ(second.used.load(), first.made.load());
}

TEST(GenerationQueueReplace, LetsTheRunningJobFinishWithTheOldOne) {
  Gate gate;
  Life replacement;
  WatchedQueue queue(gate.make_generator(), save_nowhere, [] {});
  queue.submit(small_request());
  queue.submit(small_request());
  wait_until_entered(gate);
  queue.replace({[&] { return std::make_unique<Recorded>(replacement); }});
  EXPECT_EQ(replacement.made.load(), std::thread::id());
  gate.open();
  for (const JobOutcome& outcome : wait_for_outcomes(queue, 2)) EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(gate.entered(), 1);
  EXPECT_NE(replacement.used.load(), std::thread::id());
}

TEST(GenerationQueueReplace, BeforeAnyJobUsesTheNewOne) {
  std::atomic<int> old_made = 0;
  Life life;
  WatchedQueue queue(
      [&] {
        ++old_made;
        return std::make_unique<FakeGenerator>();
      },
      save_nowhere, [] {});
  queue.replace({[&] { return std::make_unique<Recorded>(life); }});
  queue.submit(small_request());
  EXPECT_TRUE(succeeded(wait_for_outcome(queue)));
  EXPECT_EQ(old_made, 0);
  EXPECT_NE(life.used.load(), std::thread::id());
}

TEST(GenerationQueueEnd, StopsTheRunningJobAndStartsNoOther) {
  // Run to their ends these jobs would take hours: the test's time limit is the check.
  std::atomic<int> made = 0;
  std::atomic<int> saved = 0;
  {
    WatchedQueue queue(
        [&] {
          ++made;
          return std::make_unique<FakeGenerator>(1ms);
        },
        [&](const GenerationRequest& request, const GeneratedImage& picture) {
          ++saved;
          return save_nowhere(request, picture);
        },
        [] {});
    for (int i = 0; i < 1000; ++i) queue.submit(small_request("cat", 1'000'000));
    ASSERT_TRUE(wait_until([&] { return queue.status().front().step >= 1; }));
  }
  EXPECT_EQ(made, 1);
  EXPECT_EQ(saved, 0);
}

TEST(GenerationQueueEnd, DestroysTheGeneratorOnTheWorker) {
  Life life;
  {
    WatchedQueue queue([&] { return std::make_unique<Recorded>(life); }, save_nowhere, [] {});
    queue.submit(small_request());
    wait_for_outcome(queue);
  }
  EXPECT_EQ(life.destroyed.load(), life.made.load());
  EXPECT_NE(life.destroyed.load(), std::thread::id());
}

TEST(GenerationQueueEnd, WithoutAJobNeverMakesAGenerator) {
  std::atomic<int> made = 0;
  for (int i = 0; i < 20; ++i) {
    const WatchedQueue queue(
        [&] {
          ++made;
          return std::make_unique<FakeGenerator>();
        },
        save_nowhere, [] {});
  }
  EXPECT_EQ(made, 0);
}

TEST(GenerationQueueThreads, EveryJobEndsExactlyOnceUnderConcurrentUse) {
  constexpr int kThreads = 4;
  constexpr int kJobs = 25;
  WatchedQueue queue(make_fake(), save_nowhere, [] {});
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&queue, t] {
      for (int i = 0; i < kJobs; ++i) {
        const JobId id = queue.submit(small_request(), (i + t) % 3 == 0);
        if (i % 4 == 0) queue.cancel(id);
        (void)queue.status();
      }
    });
  }
  threads.clear();  // joins
  std::vector<int> seen(kThreads * kJobs + 1, 0);
  for (const JobOutcome& outcome : wait_for_outcomes(queue, kThreads * kJobs)) ++seen[outcome.id];
  for (std::size_t id = 1; id < seen.size(); ++id) EXPECT_EQ(seen[id], 1) << "job " << id;
  EXPECT_TRUE(queue.status().empty());
}

}  // namespace
}  // namespace headroom
