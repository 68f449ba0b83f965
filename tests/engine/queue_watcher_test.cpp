// Any number of watchers of one queue.
#include "headroom/engine/queue_watcher.h"

#include "engine/queue_test_support.h"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace headroom {
namespace {
using namespace headroom::test;

// What a watcher was told, in a form to compare.
struct Told {
  std::vector<std::string> pictures;
  std::vector<std::string> outcomes;
  friend bool operator==(const Told&, const Told&) = default;

  // Outcomes first: no picture of a job follows its outcome.
  void take(QueueWatcher& watcher) {
    for (const JobOutcome& outcome : watcher.take_finished()) {
      outcomes.push_back(std::to_string(outcome.id) + " " + std::to_string(outcome.value.index()) +
                         " " + std::to_string(outcome.notices.size()));
    }
    for (const FinishedPicture& picture : watcher.take_pictures()) {
      pictures.push_back(std::to_string(picture.job) + " " + std::to_string(picture.picture.index) +
                         " " + picture.file.string());
    }
  }
};

TEST(QueueWatchers, SeeTheSamePicturesOutcomesNoticesAndJobs) {
  GenerationQueue queue({make_fake()}, save_nowhere);
  std::atomic<int> first_wakes = 0, second_wakes = 0;
  QueueWatcher first(queue, [&] { ++first_wakes; });
  QueueWatcher second(queue, [&] { ++second_wakes; });
  GenerationRequest two = small_request("slow");  // with a notice
  two.count = 2;
  queue.submit(two);
  queue.submit(small_request("fail"));
  queue.cancel(queue.submit(small_request("never")));
  Told first_told, second_told;
  // One looks all the time, the other once at the end.
  ASSERT_TRUE(wait_until([&] {
    first_told.take(first);
    return first_told.outcomes.size() == 3;
  }));
  second_told.take(second);
  EXPECT_EQ(first_told, second_told);
  EXPECT_EQ(first_told.pictures.size(), 2U);
  EXPECT_TRUE(std::ranges::find(first_told.outcomes, "1 0 2") != first_told.outcomes.end())
      << "the first job was made, with a notice for each of its pictures";
  EXPECT_GT(first_wakes, 5);
  EXPECT_TRUE(wait_until([&] { return first_wakes == second_wakes; }));
  EXPECT_TRUE(second.take_pictures().empty()) << "each is handed over once";
}

TEST(QueueWatchers, OneWhoComesLaterIsToldWhatComesLater) {
  GenerationQueue queue({make_fake()}, save_nowhere);
  QueueWatcher first(queue, [] {});
  Told told;
  queue.submit(small_request());
  ASSERT_TRUE(wait_until([&] {
    told.take(first);
    return told.outcomes.size() == 1;
  }));
  QueueWatcher later(queue, [] {});
  queue.submit(small_request());
  Told told_later;
  ASSERT_TRUE(wait_until([&] {
    told_later.take(later);
    return told_later.outcomes.size() == 1;
  }));
  EXPECT_EQ(told_later.pictures, std::vector<std::string>{"2 0 picture_0.png"});
}

TEST(QueueWatchers, OneWhoGoesIsNotWokenAnyMore) {
  GenerationQueue queue({make_fake()}, save_nowhere);
  QueueWatcher stays(queue, [] {});
  for (int i = 0; i < 50; ++i) {  // at all moments of a job
    auto alive = std::make_unique<std::atomic<int>>(0);
    auto goes = std::make_unique<QueueWatcher>(queue, [&alive = *alive] { ++alive; });
    queue.submit(small_request());
    std::this_thread::sleep_for(i * 10us);
    goes.reset();
    const int wakes = *alive;
    Told told;
    ASSERT_TRUE(wait_until([&] {
      told.take(stays);
      return told.outcomes.size() == 1;
    }));
    EXPECT_EQ(*alive, wakes);
  }
}

}  // namespace
}  // namespace headroom
