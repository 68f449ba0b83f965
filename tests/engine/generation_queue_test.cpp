#include "headroom/engine/generation_queue.h"

#include "engine/queue_test_support.h"
#include "support/fake_generator.h"

#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {
using namespace std::chrono_literals;
using namespace headroom::test;

constexpr auto kSaveIndex = static_cast<std::size_t>(Stage::kSave);

TEST(GenerationQueue, DeliversThePictureItsFileAndTheSeed) {
  std::atomic<int> wakes = 0;
  WatchedQueue queue(make_fake(), save_nowhere, [&] { ++wakes; });
  const JobId id = queue.submit(small_request());
  const JobOutcome outcome = wait_for_outcome(queue);
  EXPECT_EQ(outcome.id, id);
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.pictures, 1);
  EXPECT_EQ(outcome.request, small_request());

  const std::vector<FinishedPicture> pictures = queue.take_pictures();
  ASSERT_EQ(pictures.size(), 1U);
  EXPECT_EQ(pictures[0].job, id);
  EXPECT_EQ(pictures[0].picture.seed, FakeGenerator::kChosenSeed);
  EXPECT_EQ(pictures[0].request.seed, FakeGenerator::kChosenSeed);
  EXPECT_EQ(pictures[0].file, "picture_0.png");
  EXPECT_EQ(pictures[0].save_error.english(), "");
  ASSERT_TRUE(pictures[0].picture.image);
  EXPECT_EQ(pictures[0].picture.image->rgb.size(), 3U * 8 * 8);
  EXPECT_GE(wakes, 9);  // start, plan, five stages, three steps with previews, picture, end
}

TEST(GenerationQueue, RunsJobsInTheOrderOfSubmission) {
  WatchedQueue queue(make_fake(), save_nowhere, [] {});
  std::vector<JobId> submitted;
  for (int i = 0; i < 10; ++i) submitted.push_back(queue.submit(small_request()));
  std::vector<JobId> finished;
  for (const JobOutcome& outcome : wait_for_outcomes(queue, 10)) finished.push_back(outcome.id);
  EXPECT_EQ(finished, submitted);
  EXPECT_TRUE(queue.status().empty());
}

TEST(GenerationQueue, HandsPicturesOverOneByOneInOrder) {
  WatchedQueue queue(make_fake(200us), save_nowhere, [] {});
  GenerationRequest request = small_request();
  request.count = 4;
  request.seed = 100;
  const JobId id = queue.submit(request);
  std::vector<FinishedPicture> pictures;
  ASSERT_TRUE(wait_until([&] {
    for (auto& picture : queue.take_pictures()) pictures.push_back(std::move(picture));
    return pictures.size() == 4;
  }));
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    EXPECT_EQ(pictures[i].job, id);
    EXPECT_EQ(pictures[i].picture.index, static_cast<int>(i));
    EXPECT_EQ(pictures[i].picture.seed, 100 + i);
    EXPECT_EQ(pictures[i].request.seed, 100U);  // of the job's first picture
    EXPECT_EQ(pictures[i].file, "picture_" + std::to_string(i) + ".png");
  }
  EXPECT_EQ(wait_for_outcome(queue).pictures, 4);
  EXPECT_TRUE(queue.take_pictures().empty());
  EXPECT_TRUE(queue.take_finished().empty());
}

TEST(GenerationQueue, PicturesAreThereBeforeTheJobIsOver) {
  std::atomic<bool> release = false;
  WatchedQueue queue(
      make_fake(),
      [&](const GenerationRequest& request, const GeneratedImage& picture) {
        if (picture.index == 1) {
          EXPECT_TRUE(wait_until([&] { return release.load(); }));
        }
        return save_nowhere(request, picture);
      },
      [] {});
  GenerationRequest request = small_request();
  request.count = 2;
  queue.submit(request);
  std::vector<FinishedPicture> pictures;
  ASSERT_TRUE(wait_until([&] {
    for (auto& picture : queue.take_pictures()) pictures.push_back(std::move(picture));
    return pictures.size() == 1;
  }));
  EXPECT_TRUE(queue.take_finished().empty());
  release = true;
  EXPECT_TRUE(succeeded(wait_for_outcome(queue)));
}

TEST(GenerationQueue, TellsOfEveryPictureOnTheWorkerWithTheSecondsOfSaving) {
  std::vector<FinishedPicture> told;  // written by the worker, read after the outcome
  std::thread::id told_on;
  WatchedQueue queue(
      make_fake(),
      [](const GenerationRequest& request, const GeneratedImage& picture) -> std::filesystem::path {
        if (picture.index == 1) throw Error(ErrorKind::kIo, "the disk is full; free some space");
        return save_nowhere(request, picture);
      },
      [] {},
      [&](const FinishedPicture& picture) {
        told.push_back(picture);
        told_on = std::this_thread::get_id();
      });
  GenerationRequest request = small_request();
  request.count = 2;
  const JobId id = queue.submit(request);
  EXPECT_TRUE(succeeded(wait_for_outcome(queue)));
  ASSERT_EQ(told.size(), 2U);
  EXPECT_NE(told_on, std::this_thread::get_id());
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(told[i].job, id);
    EXPECT_EQ(told[i].picture.index, static_cast<int>(i));
    EXPECT_GT(told[i].picture.run_record.stage_seconds[static_cast<std::size_t>(Stage::kSave)], 0);
  }
  EXPECT_EQ(told[0].file, "picture_0.png");
  EXPECT_NE(told[1].save_error.english(), "");
}

// Says something of each step before it goes on.
class Talkative final : public ImageGenerator {
 public:
  void generate(const GenerationRequest& request, ProgressSink& progress,
                std::stop_token) override {
    progress.on_plan({});
    for (int step = 0; step < request.steps; ++step) {
      progress.on_notice({Notice::Kind::kPlanChanged, "sentence " + std::to_string(step)});
    }
    if (request.prompt == "fail") throw Error(ErrorKind::kInternal, "broken");
  }
};

TEST(GenerationQueue, NoticesComeWithTheOutcomeWhateverItIs) {
  WatchedQueue queue([] { return std::make_unique<Talkative>(); }, save_nowhere, [] {});
  queue.submit(small_request("cat", 2));
  queue.submit(small_request("fail", 1));
  const auto outcomes = wait_for_outcomes(queue, 2);
  ASSERT_EQ(outcomes[0].notices.size(), 2U);
  EXPECT_EQ(outcomes[0].notices[0].text.english(), "sentence 0");
  EXPECT_EQ(outcomes[0].notices[1].text.english(), "sentence 1");
  EXPECT_FALSE(succeeded(outcomes[1]));
  EXPECT_EQ(outcomes[1].notices.size(), 1U);  // its own only
}

TEST(GenerationQueue, NoticesShowWhileTheJobRuns) {
  std::atomic<bool> release = false;
  class Waiting final : public ImageGenerator {
   public:
    explicit Waiting(std::atomic<bool>& release) : release_(release) {}
    void generate(const GenerationRequest&, ProgressSink& progress, std::stop_token) override {
      progress.on_notice({Notice::Kind::kSlower, "the device became slower", 1.7});
      EXPECT_TRUE(wait_until([&] { return release_.load(); }));
    }

   private:
    std::atomic<bool>& release_;
  };
  WatchedQueue queue([&] { return std::make_unique<Waiting>(release); }, save_nowhere, [] {});
  queue.submit(small_request());
  EXPECT_TRUE(wait_until([&] {
    const auto jobs = queue.status();
    return jobs.size() == 1 && jobs[0].notices.size() == 1 &&
           jobs[0].notices[0].kind == Notice::Kind::kSlower && jobs[0].notices[0].times == 1.7;
  }));
  release = true;
  EXPECT_TRUE(succeeded(wait_for_outcome(queue)));
}

TEST(GenerationQueue, AFailedSaveKeepsThePictureAndTheRunGoesOn) {
  WatchedQueue queue(
      make_fake(),
      [](const GenerationRequest& request, const GeneratedImage& picture) -> std::filesystem::path {
        if (picture.index == 0) throw Error(ErrorKind::kIo, "the disk is full; free some space");
        return save_nowhere(request, picture);
      },
      [] {});
  GenerationRequest request = small_request();
  request.count = 2;
  queue.submit(request);
  const JobOutcome outcome = wait_for_outcome(queue);
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.pictures, 2);
  const std::vector<FinishedPicture> pictures = queue.take_pictures();
  ASSERT_EQ(pictures.size(), 2U);
  EXPECT_EQ(pictures[0].save_error.english(), "the disk is full; free some space");
  EXPECT_TRUE(pictures[0].file.empty());
  EXPECT_TRUE(pictures[0].picture.image);
  EXPECT_EQ(pictures[1].save_error.english(), "");
  EXPECT_EQ(pictures[1].file, "picture_1.png");
}

TEST(GenerationQueue, AnySaveExceptionKeepsThePicture) {
  WatchedQueue queue(
      make_fake(),
      [](const GenerationRequest&, const GeneratedImage&) -> std::filesystem::path {
        throw std::filesystem::filesystem_error("rename",
                                                std::error_code(28, std::system_category()));
      },
      [] {});
  queue.submit(small_request());
  EXPECT_TRUE(succeeded(wait_for_outcome(queue)));
  const std::vector<FinishedPicture> pictures = queue.take_pictures();
  ASSERT_EQ(pictures.size(), 1U);
  EXPECT_NE(pictures[0].save_error.english(), "");
  EXPECT_TRUE(pictures[0].picture.image);
}

TEST(GenerationQueue, SavesOnTheWorkerWithTheSeedThatWasUsed) {
  std::thread::id saved_on;
  std::optional<std::uint64_t> seed;
  WatchedQueue queue(
      make_fake(),
      [&](const GenerationRequest& request, const GeneratedImage& picture) {
        saved_on = std::this_thread::get_id();
        seed = request.seed;
        return save_nowhere(request, picture);
      },
      [] {});
  queue.submit(small_request());
  wait_for_outcome(queue);
  EXPECT_NE(saved_on, std::this_thread::get_id());
  EXPECT_EQ(seed, FakeGenerator::kChosenSeed);
}

TEST(GenerationQueue, RunRecordGetsTheSecondsOfSaving) {
  WatchedQueue queue(
      make_fake(),
      [](const GenerationRequest& request, const GeneratedImage& picture) {
        std::this_thread::sleep_for(2ms);
        return save_nowhere(request, picture);
      },
      [] {});
  queue.submit(small_request());
  wait_for_outcome(queue);
  const auto pictures = queue.take_pictures();
  ASSERT_EQ(pictures.size(), 1U);
  EXPECT_GE(pictures[0].picture.run_record.stage_seconds[kSaveIndex], 0.002);
}

TEST(GenerationQueue, StatusShowsThePlanTheStageAndTheSteps) {
  std::atomic<bool> release = false;
  WatchedQueue queue(
      make_fake(),
      [&](const GenerationRequest& request, const GeneratedImage& picture) {
        EXPECT_TRUE(wait_until([&] { return release.load(); }));
        return save_nowhere(request, picture);
      },
      [] {});
  const auto before = std::chrono::steady_clock::now();
  const JobId id = queue.submit(small_request("cat", 5));
  ASSERT_TRUE(wait_until([&] { return queue.status().front().stage == Stage::kSave; }));
  const JobStatus status = queue.status().front();
  EXPECT_EQ(status.id, id);
  EXPECT_EQ(status.request, small_request("cat", 5));
  EXPECT_TRUE(status.running);
  EXPECT_FALSE(status.cancelling);
  ASSERT_TRUE(status.plan);
  EXPECT_EQ(status.plan->width, 8);
  EXPECT_GT(status.plan->peak_bytes, 0);
  EXPECT_EQ(status.step, 5);
  EXPECT_EQ(status.total_steps, 5);
  EXPECT_TRUE(status.preview);
  EXPECT_EQ(status.seed, FakeGenerator::kChosenSeed) << "chosen by the generator";
  EXPECT_GE(status.started, before);
  EXPECT_GE(status.stage_started, status.started);
  release = true;
  wait_for_outcome(queue);
}

TEST(GenerationQueue, StepsAndPreviewStartAfreshWithEachPicture) {
  std::mutex mutex;
  std::vector<std::vector<JobStatus>> seen;  // one entry per wake-up
  std::atomic<WatchedQueue*> shown = nullptr;
  WatchedQueue queue(make_fake(), save_nowhere, [&] {
    if (WatchedQueue* q = shown) {
      const std::scoped_lock lock(mutex);
      seen.push_back(q->status());
    }
  });
  shown = &queue;
  GenerationRequest request = small_request();
  request.count = 2;
  queue.submit(request);
  wait_for_outcome(queue);
  shown = nullptr;
  bool second_began = false;
  const std::scoped_lock lock(mutex);
  for (const auto& jobs : seen) {
    if (jobs.empty() || jobs[0].image_index != 1 || second_began) continue;
    second_began = true;
    EXPECT_EQ(jobs[0].stage, Stage::kDenoise);
    EXPECT_EQ(jobs[0].step, 0);
    EXPECT_EQ(jobs[0].preview, nullptr);
  }
  EXPECT_TRUE(second_began);
}

TEST(GenerationQueue, StatusIsACopy) {
  Gate gate;
  WatchedQueue queue(gate.make_generator(), save_nowhere, [] {});
  queue.submit(small_request());
  queue.submit(small_request("dog"));
  std::vector<JobStatus> copy = queue.status();
  copy[1].request.prompt = "changed";
  copy[1].cancelling = true;
  copy.pop_back();
  ASSERT_EQ(queue.status().size(), 2U);
  EXPECT_EQ(queue.status()[1].request.prompt, "dog");
  EXPECT_FALSE(queue.status()[1].cancelling);
}

TEST(GenerationQueue, WakeIsNeverCalledUnderTheLock) {
  std::atomic<WatchedQueue*> shown = nullptr;
  std::atomic<int> calls = 0;
  WatchedQueue queue(make_fake(), save_nowhere, [&] {
    if (WatchedQueue* q = shown) {
      (void)q->status();  // would lock the mutex twice
      (void)q->take_pictures();
      ++calls;
    }
  });
  shown = &queue;
  queue.submit(small_request());
  const JobId cancelled = queue.submit(small_request());
  queue.cancel(cancelled);
  wait_for_outcomes(queue, 2);
  shown = nullptr;
  EXPECT_GT(calls, 3);
}

TEST(GenerationQueue, FailureKeepsItsKindAndTheQueueGoesOn) {
  WatchedQueue queue(make_fake(), save_nowhere, [] {});
  queue.submit(small_request("fail"));
  const JobOutcome outcome = wait_for_outcome(queue);
  ASSERT_TRUE(std::holds_alternative<Failure>(outcome.value));
  EXPECT_EQ(std::get<Failure>(outcome.value).kind, ErrorKind::kOutOfMemory);
  EXPECT_NE(std::get<Failure>(outcome.value).message.english(), "");
  EXPECT_EQ(outcome.pictures, 0);
  queue.submit(small_request());
  EXPECT_TRUE(succeeded(wait_for_outcome(queue)));
}

TEST(GenerationQueue, AnUnexpectedExceptionIsAnInternalFailure) {
  WatchedQueue queue(make_fake(), save_nowhere, [] {});
  queue.submit(small_request("crash"));
  const JobOutcome outcome = wait_for_outcome(queue);
  ASSERT_TRUE(std::holds_alternative<Failure>(outcome.value));
  EXPECT_EQ(std::get<Failure>(outcome.value).kind, ErrorKind::kInternal);
  queue.submit(small_request());
  EXPECT_TRUE(succeeded(wait_for_outcome(queue)));
}

TEST(GenerationQueue, ASystemWithoutMemoryIsOutOfMemory) {
  WatchedQueue queue(make_fake(), save_nowhere, [] {});
  queue.submit(small_request("exhaust"));
  const JobOutcome outcome = wait_for_outcome(queue);
  ASSERT_TRUE(std::holds_alternative<Failure>(outcome.value));
  EXPECT_EQ(std::get<Failure>(outcome.value).kind, ErrorKind::kOutOfMemory);
}

TEST(GenerationQueue, ALostDeviceLosesNoJobOfTheQueue) {
  WatchedQueue queue(make_fake(), save_nowhere, [] {});
  queue.submit(small_request("lose the device"));
  const JobId waiting = queue.submit(small_request());
  const JobOutcome lost = wait_for_outcome(queue);
  ASSERT_TRUE(std::holds_alternative<Failure>(lost.value));
  EXPECT_EQ(std::get<Failure>(lost.value).kind, ErrorKind::kDevice);
  const JobId later = queue.submit(small_request());  // wakes the worker, which must leave it
  ASSERT_EQ(queue.status().size(), 2U);
  EXPECT_FALSE(queue.status()[0].running);
  queue.cancel(later);
  EXPECT_EQ(wait_for_outcome(queue).id, later);
  // With another device it goes on.
  queue.replace({make_fake()});
  const JobOutcome made = wait_for_outcome(queue);
  EXPECT_EQ(made.id, waiting);
  EXPECT_TRUE(succeeded(made));
}

TEST(GenerationQueue, FailedLoadIsReportedAndRetried) {
  std::atomic<int> tries = 0;
  WatchedQueue queue(
      [&]() -> std::unique_ptr<ImageGenerator> {
        if (++tries == 1) throw Error(ErrorKind::kModelFile, "no such file");
        return std::make_unique<FakeGenerator>();
      },
      save_nowhere, [] {});
  queue.submit(small_request());
  const JobOutcome failed = wait_for_outcome(queue);
  ASSERT_TRUE(std::holds_alternative<Failure>(failed.value));
  EXPECT_EQ(std::get<Failure>(failed.value).kind, ErrorKind::kModelFile);
  queue.submit(small_request());
  EXPECT_TRUE(succeeded(wait_for_outcome(queue)));
  queue.submit(small_request());
  EXPECT_TRUE(succeeded(wait_for_outcome(queue)));
  EXPECT_EQ(tries, 2);  // the one that loaded is kept
}

}  // namespace
}  // namespace headroom
