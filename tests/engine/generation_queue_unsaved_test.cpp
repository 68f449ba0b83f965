// Pictures that cannot be saved are not made without end.
#include "headroom/engine/generation_queue.h"

#include "engine/queue_test_support.h"

#include <atomic>
#include <set>
#include <vector>

namespace headroom::test {
namespace {

constexpr std::size_t kPicture_bytes = 8 * 8 * 3;  // of small_request()

GenerationRequest several(int count) {
  GenerationRequest request = small_request();
  request.count = count;
  return request;
}

class QueueOfUnsaved : public ::testing::Test {
 protected:
  // Hands over what is there, so that nothing is waited for twice. Outcomes first: no picture of a
  // job follows its outcome, so whoever has the outcome has all pictures.
  void take() {
    for (JobOutcome& outcome : queue_.take_finished()) outcomes_.push_back(std::move(outcome));
    for (FinishedPicture& picture : queue_.take_pictures()) pictures_.push_back(std::move(picture));
  }
  [[nodiscard]] bool made(std::size_t count) {
    return wait_until([&] {
      take();
      return pictures_.size() >= count;
    });
  }
  [[nodiscard]] bool over(std::size_t jobs) {
    return wait_until([&] {
      take();
      return outcomes_.size() >= jobs;
    });
  }
  [[nodiscard]] bool waits() {
    return wait_until([&] { return queue_.waits_for_saving(); });
  }

  std::atomic<bool> disk_is_full_ = true;
  WatchedQueue queue_{make_fake(),
                      [this](const GenerationRequest& request, const GeneratedImage& picture) {
                        if (disk_is_full_) throw Error(ErrorKind::kIo, "the disk is full");
                        return save_nowhere(request, picture);
                      },
                      [] {},
                      {},
                      3 * kPicture_bytes};
  std::vector<FinishedPicture> pictures_;
  std::vector<JobOutcome> outcomes_;
};

TEST_F(QueueOfUnsaved, BeginsNoPictureBeyondTheBound) {
  queue_.submit(several(7));
  ASSERT_TRUE(waits());
  std::this_thread::sleep_for(50ms);  // what would go wrong, would go on
  take();
  EXPECT_EQ(pictures_.size(), 3U);
  EXPECT_EQ(queue_.status().front().image_index, 2) << "the fourth is not begun";
  // One that is saved makes room for one.
  queue_.let_go(pictures_[0]);
  ASSERT_TRUE(made(4));
  ASSERT_TRUE(waits());
  disk_is_full_ = false;
  queue_.let_go(pictures_[1]);
  ASSERT_TRUE(over(1));
  EXPECT_FALSE(queue_.waits_for_saving());
  EXPECT_TRUE(succeeded(outcomes_[0]));
  ASSERT_EQ(pictures_.size(), 7U);
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(pictures_[i].picture.index, i) << "none is lost or made twice";
    EXPECT_EQ(pictures_[i].save_error.empty(), i > 3);
  }
}

TEST_F(QueueOfUnsaved, BeginsNoJobBeyondTheBound) {
  queue_.submit(several(3));
  const JobId next = queue_.submit(several(1));
  ASSERT_TRUE(over(1));
  ASSERT_TRUE(waits());
  std::this_thread::sleep_for(50ms);
  ASSERT_EQ(queue_.status().size(), 1U);
  EXPECT_EQ(queue_.status()[0].id, next);
  EXPECT_FALSE(queue_.status()[0].running);
  take();
  for (const FinishedPicture& picture : pictures_) queue_.let_go(picture);
  ASSERT_TRUE(over(2));
  EXPECT_EQ(pictures_.size(), 4U);
}

TEST_F(QueueOfUnsaved, IsNoMatterWhenNothingIsLeftToDo) {
  queue_.submit(several(3));
  ASSERT_TRUE(over(1));
  EXPECT_FALSE(queue_.waits_for_saving());
}

TEST_F(QueueOfUnsaved, CanBeCancelledWhileItWaits) {
  const JobId job = queue_.submit(several(5));
  queue_.submit(several(1));
  ASSERT_TRUE(waits());
  queue_.cancel(job);
  ASSERT_TRUE(over(1));
  EXPECT_TRUE(was_cancelled(outcomes_[0]));
  EXPECT_EQ(outcomes_[0].pictures, 3);
  EXPECT_TRUE(queue_.waits_for_saving()) << "the next job still does";
}

TEST_F(QueueOfUnsaved, EndsWhileItWaits) {
  queue_.submit(several(5));
  ASSERT_TRUE(waits());  // and the queue is destroyed here
}

TEST_F(QueueOfUnsaved, SavesElsewhereFromTheNextPictureOn) {
  queue_.submit(several(7));
  ASSERT_TRUE(waits());
  take();
  queue_.save_with([](const GenerationRequest&, const GeneratedImage&) { return "elsewhere.png"; });
  for (const FinishedPicture& picture : std::vector(pictures_)) queue_.let_go(picture);
  ASSERT_TRUE(over(1));
  ASSERT_EQ(pictures_.size(), 7U);
  EXPECT_FALSE(pictures_[2].save_error.empty());
  for (std::size_t i = 3; i < 7; ++i) EXPECT_EQ(pictures_[i].file, "elsewhere.png") << i;
}

struct CountedDrops final : KeptSample {
  explicit CountedDrops(std::atomic<int>& counted) : drops(counted) {}
  void drop() override { ++drops; }
  std::atomic<int>& drops;
};

// Hands over the second picture of a request that was sampled by an earlier run.
class DecodesOnly final : public ImageGenerator {
 public:
  void generate(const GenerationRequest& request, ProgressSink& progress,
                std::stop_token /*stop*/) override {
    progress.on_image({std::make_shared<Image>(Image{8, 8, std::vector<std::uint8_t>(192)}),
                       request.sampled->seed,
                       request.sampled->index,
                       {},
                       {},
                       request.sampled->kept});
  }
};

TEST(QueueOfSampled, WhatWasKeptGoesWhenThePictureIsSavedAndNotBefore) {
  for (const bool disk_is_full : {true, false}) {
    std::atomic<int> drops = 0;
    WatchedQueue queue([] { return std::make_unique<DecodesOnly>(); },
                       [&](const GenerationRequest& request, const GeneratedImage& picture) {
                         EXPECT_NE(request.sampled, nullptr);
                         EXPECT_EQ(drops, 0);
                         if (disk_is_full) throw Error(ErrorKind::kIo, "the disk is full");
                         return save_nowhere(request, picture);
                       },
                       [] {});
    auto sampled = std::make_shared<SampledPicture>();
    sampled->index = 1;
    sampled->seed = 8;
    sampled->kept = std::make_shared<CountedDrops>(drops);
    GenerationRequest request = several(4);
    request.seed = 7;
    request.sampled = sampled;
    queue.submit(request);
    const JobOutcome outcome = wait_for_outcome(queue);
    EXPECT_TRUE(succeeded(outcome));
    EXPECT_EQ(drops, disk_is_full ? 0 : 1);
    const std::vector<FinishedPicture> pictures = queue.take_pictures();
    ASSERT_EQ(pictures.size(), 1U);
    EXPECT_EQ(pictures[0].request.seed, 7U);
    EXPECT_EQ(pictures[0].request.count, 4);
    // The like of it is made with all stages.
    EXPECT_EQ(pictures[0].request.sampled, nullptr);
  }
}

}  // namespace
}  // namespace headroom::test
