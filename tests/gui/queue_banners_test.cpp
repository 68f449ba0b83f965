#include "headroom/gui_state/queue_banners.h"

#include "headroom/config/string_table.h"

#include "support/paths.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

class QueueBannersTest : public testing::Test {
 protected:
  QueueBannersTest() {
    for (std::size_t i = 0; i < cards_.size(); ++i) {
      cards_[i].preset = kSizePresets[i];
      cards_[i].state = CardState::kFits;
    }
  }
  static JobOutcome failed(ErrorKind kind) {
    JobOutcome outcome;
    outcome.id = 7;
    outcome.request.prompt = "a cat";
    outcome.request.width = outcome.request.height = 1024;
    outcome.request.count = 4;
    outcome.pictures = 1;
    outcome.value = Failure{kind, "it did not work"};
    outcome.place = {.stage = Stage::kDenoise, .image_index = 1, .step = 3, .total_steps = 8};
    return outcome;
  }
  static Notice slower(double times) { return {Notice::Kind::kSlower, "slower", times}; }
  static Notice replanned() { return {Notice::Kind::kPlanChanged, "planned anew"}; }

  const StringTable text_{test::source_folder() / "configs/lang/en.yaml"};
  std::array<SizeCard, kSizePresets.size()> cards_;
  UiState state_;
  QueueBanners queue_banners_{state_};
};

TEST_F(QueueBannersTest, APictureThatWasSavedIsNoNewsAndEndsThoseOfItsRun) {
  state_.add_banner({.text = "could not make it", .about = "make a cat"});
  FinishedPicture picture;
  picture.request.prompt = "a cat";
  picture.file = "/pictures/cat.png";
  queue_banners_.picture(picture);
  EXPECT_TRUE(state_.banners.empty());
}

TEST_F(QueueBannersTest, APictureThatCouldNotBeSavedSaysWhy) {
  FinishedPicture picture;
  picture.save_error = "the disk is full";
  queue_banners_.picture(picture);
  ASSERT_EQ(state_.banners.size(), 1U);
  EXPECT_EQ(state_.banners[0].text.english(), "the disk is full");
  EXPECT_EQ(state_.banners[0].about, UiState::about_saving(picture));
}

TEST_F(QueueBannersTest, EachNoticeOfAJobIsShownOnce) {
  JobStatus job;
  job.id = 7;
  job.notices = {replanned()};
  queue_banners_.running(job);
  state_.banners.clear();
  queue_banners_.running(job);
  EXPECT_TRUE(state_.banners.empty());
  job.notices.push_back({Notice::Kind::kOverflow, "made once more"});
  queue_banners_.running(job);
  ASSERT_EQ(state_.banners.size(), 1U);
  EXPECT_EQ(state_.banners[0].text.english(), "made once more");
}

TEST_F(QueueBannersTest, ThatTheDeviceBecameSlowerIsSaidOnceASession) {
  JobStatus job;
  job.id = 7;
  job.notices = {slower(1.7)};
  queue_banners_.running(job);
  EXPECT_EQ(state_.banners.size(), 1U);
  job.id = 8;
  job.notices = {slower(2.5)};
  queue_banners_.running(job);
  EXPECT_EQ(state_.banners.size(), 1U);
}

TEST_F(QueueBannersTest, WhatIsSaidOfARunGoesWithIt) {
  JobStatus job;
  job.id = 7;
  job.notices = {replanned(), slower(1.7)};
  queue_banners_.running(job);
  EXPECT_EQ(state_.banners.size(), 2U);
  JobOutcome made;
  made.id = 7;
  made.notices = job.notices;
  queue_banners_.outcome(made, cards_);
  ASSERT_EQ(state_.banners.size(), 1U) << "the device is still slower";
  EXPECT_FALSE(state_.ended) << "all of it was made";
}

TEST_F(QueueBannersTest, AFailureIsToldWithItsPromptAndWhereItHappened) {
  queue_banners_.outcome(failed(ErrorKind::kInternal), cards_);
  ASSERT_EQ(state_.banners.size(), 1U);
  EXPECT_NE(text_.words(state_.banners[0].title).find("a cat"), std::string::npos);
  EXPECT_EQ(state_.banners[0].text.english(), "it did not work");
  ASSERT_TRUE(state_.ended);
  EXPECT_TRUE(state_.ended->failed);
  EXPECT_EQ(state_.ended->place.step, 3);
  EXPECT_EQ(state_.ended->count, 4);
}

TEST_F(QueueBannersTest, ACancelIsNoFailure) {
  JobOutcome outcome = failed(ErrorKind::kInternal);
  outcome.value = Cancelled{};
  queue_banners_.outcome(outcome, cards_);
  EXPECT_TRUE(state_.banners.empty());
  ASSERT_TRUE(state_.ended);
  EXPECT_FALSE(state_.ended->failed);
}

TEST_F(QueueBannersTest, WhereTheNextJobBeginsAtOnceANoteSaysWhereTheCancelledOneStopped) {
  JobOutcome outcome = failed(ErrorKind::kInternal);
  outcome.value = Cancelled{};
  queue_banners_.outcome(outcome, cards_, true);
  ASSERT_EQ(state_.banners.size(), 1U);
  EXPECT_EQ(state_.banners[0].kind, Banner::Kind::kNote);
  EXPECT_EQ(state_.banners[0].title.english(), "a cat") << "which of them";
  EXPECT_EQ(text_.words(state_.banners[0].text), "Cancelled at step 3 of 8 · picture 2 of 4");
  JobOutcome waiting = outcome;
  waiting.place.reset();
  queue_banners_.outcome(waiting, cards_, true);
  EXPECT_EQ(state_.banners.size(), 1U) << "one that had not begun has a note of its own";
}

TEST_F(QueueBannersTest, AnEarlyEndIsSaidInWords) {
  UiState::Ended ended{{Stage::kDenoise, 0, 60, 300}, 1, false};
  EXPECT_EQ(text_.words(ended_message(ended)), "Cancelled at step 60 of 300");
  ended.failed = true;
  ended.count = 5;
  EXPECT_EQ(text_.words(ended_message(ended)), "Failed at step 60 of 300 · picture 1 of 5");
  ended = {{Stage::kLoad, 0, 0, 8}, 1, false};
  EXPECT_EQ(text_.words(ended_message(ended)), "Cancelled · Load");
}

// The presets are 512, 768 and 1024 squared and two of 16:9, whose areas lie between the last two.
TEST_F(QueueBannersTest, WhereMemoryRanOutTheLargestSmallerSizeThatFitsIsOffered) {
  for (SizeCard& card : cards_) {
    if (card.preset.size != Size{512, 512} && card.preset.size != Size{768, 768})
      card.state = CardState::kShort;
  }
  queue_banners_.outcome(failed(ErrorKind::kOutOfMemory), cards_);
  ASSERT_EQ(state_.banners.size(), 1U);
  EXPECT_EQ(state_.banners[0].way, Banner::Way::kUseSize);
  EXPECT_EQ(state_.banners[0].suggestion, (Size{768, 768}));
}

TEST_F(QueueBannersTest, WhereNoSmallerSizeFitsNoneIsOffered) {
  for (SizeCard& card : cards_) card.state = CardState::kShort;
  queue_banners_.outcome(failed(ErrorKind::kOutOfMemory), cards_);
  EXPECT_EQ(state_.banners[0].way, Banner::Way::kNone);
  EXPECT_FALSE(state_.banners[0].suggestion);
}

TEST_F(QueueBannersTest, AfterADeadDeviceTheRestIsOnOfferAtTheNextStart) {
  state_.offered = {GenerationRequest{}};
  queue_banners_.outcome(failed(ErrorKind::kDevice), cards_);
  EXPECT_EQ(state_.banners[0].way, Banner::Way::kStartAgain);
  ASSERT_EQ(state_.offered.size(), 2U);
  EXPECT_EQ(state_.offered[0].prompt, "a cat") << "first, as it was first in the queue";
  EXPECT_EQ(state_.offered[0].count, 3) << "one of the four was made";
}

TEST_F(QueueBannersTest, ThatTheQueueWaitsForSavingIsSaidAsLongAsItDoes) {
  queue_banners_.held(true);
  queue_banners_.held(true);
  ASSERT_EQ(state_.banners.size(), 1U);
  EXPECT_EQ(state_.banners[0].way, Banner::Way::kSave);
  queue_banners_.held(false);
  EXPECT_TRUE(state_.banners.empty());
}

}  // namespace
}  // namespace headroom
