#include "headroom/engine/memory_sampler.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"

#include "engine/queue_test_support.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {
using namespace std::chrono_literals;
using test::wait_until;

MemorySnapshot snapshot(std::int64_t free) {
  MemorySnapshot memory;
  memory.total = 8 * kGiB;
  memory.free = free;
  memory.source = "CPU budget";
  return memory;
}

TEST(MemorySampler, HasAReadingFromTheStart) {
  std::thread::id read_on;
  const MemorySampler sampler(
      [&] {
        read_on = std::this_thread::get_id();
        return snapshot(5 * kGiB);
      },
      [] {}, std::chrono::hours(1));
  EXPECT_EQ(read_on, std::this_thread::get_id());
  EXPECT_EQ(sampler.latest().free, 5 * kGiB);
  EXPECT_EQ(sampler.latest().source, "CPU budget");
  EXPECT_EQ(sampler.history().size(), 1U);
}

TEST(MemorySampler, FollowsTheDevice) {
  std::atomic<std::int64_t> free = 5 * kGiB;
  std::atomic<int> wakes = 0;
  const MemorySampler sampler([&] { return snapshot(free); }, [&] { ++wakes; }, 1ms);
  free = 3 * kGiB;
  EXPECT_TRUE(wait_until([&] { return sampler.latest().free == 3 * kGiB; }));
  EXPECT_TRUE(wait_until([&] { return wakes == 1; }));
}

TEST(MemorySampler, WakesOnlyWhenAFigureMovedByMoreThanOneMebibyte) {
  std::atomic<std::int64_t> free = kGiB;
  std::atomic<int> reads = 0;
  std::atomic<int> wakes = 0;
  const MemorySampler sampler(
      [&] {
        ++reads;
        return snapshot(free);
      },
      [&] { ++wakes; }, 1ms);
  const auto wait_for_reads = [&](int more) {
    const int goal = reads + more;
    ASSERT_TRUE(wait_until([&] { return reads >= goal; }));
  };
  wait_for_reads(5);
  EXPECT_EQ(wakes, 0);
  free = kGiB + kMiB;  // not more than one
  wait_for_reads(5);
  EXPECT_EQ(wakes, 0);
  free = kGiB + kMiB + 1;  // small steps add up: the distance counts from the last wake
  ASSERT_TRUE(wait_until([&] { return wakes == 1; }));
  wait_for_reads(5);
  EXPECT_EQ(wakes, 1);
  free = kGiB;  // the other way
  ASSERT_TRUE(wait_until([&] { return wakes == 2; }));
}

TEST(MemorySampler, WatchesEveryFigure) {
  using Figure = std::int64_t MemorySnapshot::*;
  for (const Figure figure :
       {&MemorySnapshot::total, &MemorySnapshot::free, &MemorySnapshot::used_by_others,
        &MemorySnapshot::reserved_by_driver, &MemorySnapshot::weights, &MemorySnapshot::activations,
        &MemorySnapshot::cached, &MemorySnapshot::peak}) {
    std::atomic<bool> moved = false;
    std::atomic<int> wakes = 0;
    const MemorySampler sampler(
        [&] {
          MemorySnapshot memory = snapshot(kGiB);
          if (moved) memory.*figure += 2 * kMiB;
          return memory;
        },
        [&] { ++wakes; }, 1ms);
    moved = true;
    EXPECT_TRUE(wait_until([&] { return wakes == 1; }));
  }
}

TEST(MemorySampler, WakeIsNotCalledUnderTheLock) {
  std::atomic<MemorySampler*> shown = nullptr;
  std::atomic<std::int64_t> free = kGiB;
  std::atomic<bool> woken = false;
  MemorySampler sampler([&] { return snapshot(free); },
                        [&] {
                          if (MemorySampler* s = shown) {
                            woken = s->latest().free == 2 * kGiB && !s->history().empty();
                          }
                        },
                        1ms);
  shown = &sampler;
  free = 2 * kGiB;
  EXPECT_TRUE(wait_until([&] { return woken.load(); }));
}

TEST(MemorySampler, KeepsTheLastSixtySecondsOldestFirst) {
  // A clock that moves one second with each reading: 200 of them would be more than three minutes.
  std::atomic<int> reads = 0;
  std::chrono::steady_clock::time_point time{};
  const MemorySampler sampler([&] { return snapshot(++reads); }, [] {}, 1ms,
                              [&time] { return time += 1s; });
  ASSERT_TRUE(wait_until([&] { return reads >= 200; }));
  const std::vector<MemorySampler::Sample> history = sampler.history();
  ASSERT_EQ(history.size(), 61U);  // both ends of 60 s
  EXPECT_EQ(history.back().time - history.front().time, 60s);
  for (std::size_t i = 1; i < history.size(); ++i) {
    EXPECT_EQ(history[i].time - history[i - 1].time, 1s);
    EXPECT_EQ(history[i].memory.free, history[i - 1].memory.free + 1);
  }
}

TEST(MemorySampler, AFailedReadingKeepsTheLastOneAndGoesOn) {
  std::atomic<bool> broken = false;
  std::atomic<int> failures = 0;
  std::atomic<std::int64_t> free = kGiB;
  const MemorySampler sampler(
      [&] {
        if (broken) {
          ++failures;
          if (failures % 2 == 0) throw std::runtime_error("not even one of ours");
          throw Error(ErrorKind::kInternal, "the driver does not answer");
        }
        return snapshot(free);
      },
      [] {}, 1ms);
  broken = true;
  ASSERT_TRUE(wait_until([&] { return failures >= 4; }));
  EXPECT_EQ(sampler.latest().free, kGiB);
  free = 2 * kGiB;
  broken = false;
  EXPECT_TRUE(wait_until([&] { return sampler.latest().free == 2 * kGiB; }));
}

TEST(MemorySampler, AFailedFirstReadingGivesZeros) {
  std::atomic<bool> broken = true;
  const MemorySampler sampler(
      [&]() -> MemorySnapshot {
        if (broken) throw Error(ErrorKind::kInternal, "the driver does not answer");
        return snapshot(kGiB);
      },
      [] {}, 1ms);
  EXPECT_EQ(sampler.latest().total, 0);
  EXPECT_TRUE(sampler.history().empty());
  broken = false;
  EXPECT_TRUE(wait_until([&] { return sampler.latest().free == kGiB; }));
}

TEST(MemorySampler, EndsWithoutWaitingForThePeriod) {
  // With a period of an hour the test's time limit is the check.
  for (int i = 0; i < 20; ++i) {
    const MemorySampler sampler([] { return snapshot(kGiB); }, [] {}, std::chrono::hours(1));
  }
  SUCCEED();
}

}  // namespace
}  // namespace headroom
