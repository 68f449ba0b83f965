#include "headroom/gui_state/progress_view.h"

#include <numeric>

#include <gtest/gtest.h>

namespace headroom {
namespace {

// Of ten steps: load 2, encode 1, denoise 10, decode 2, save 0.5 s.
Plan plan() {
  Plan plan;
  plan.stages = {{.stage = Stage::kLoad, .seconds = 2},
                 {.stage = Stage::kEncode, .seconds = 1},
                 {.stage = Stage::kDenoise, .seconds = 10},
                 {.stage = Stage::kDecode, .seconds = 2},
                 {.stage = Stage::kSave, .seconds = 0.5}};
  plan.seconds = 15.5;
  return plan;
}

double sum(const std::array<double, kStageCount>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

TEST(ProgressView, APlanWithSecondsNeedsNoRunBefore) {
  const ProgressInput start{.steps = 10, .plan = plan(), .stage = Stage::kLoad};
  const ProgressView view = progress_of(start);
  ASSERT_TRUE(view.seconds_left);
  EXPECT_DOUBLE_EQ(*view.seconds_left, 15.5);
  EXPECT_DOUBLE_EQ(view.share[3] / view.share[4], 5);
}

TEST(ProgressView, WhatThePlanFindsLoadedIsNotExpectedAgain) {
  Plan loaded = plan();
  loaded.stages[0].seconds = 0;
  const ProgressInput start{.steps = 10, .plan = loaded, .stage = Stage::kLoad};
  EXPECT_DOUBLE_EQ(*progress_of(start).seconds_left, 13.5);
}

TEST(ProgressView, SharesSumToOneWhateverIsKnown) {
  EXPECT_NEAR(sum(progress_of({}).share), 1, 1e-9);
  EXPECT_FALSE(progress_of({}).seconds_left);
  const ProgressView view = progress_of({.steps = 10, .plan = plan()});
  EXPECT_NEAR(sum(view.share), 1, 1e-9);
  EXPECT_GT(view.share[3], view.share[0]);
}

TEST(ProgressView, AStageThatIsNotOfTheRunHasNoShare) {
  const auto share = [](const Plan& of) {
    return progress_of({.steps = 10, .plan = of}).share[index_of(Stage::kEncodeImage)];
  };
  EXPECT_EQ(share(plan()), 0);
  EXPECT_EQ(progress_of({}).share[index_of(Stage::kEncodeImage)], 0);
  Plan from_picture = plan();
  from_picture.stages.insert(from_picture.stages.begin() + 2,
                             {.stage = Stage::kEncodeImage, .seconds = 0.5});
  EXPECT_NEAR(share(from_picture), 0.5 / 16, 1e-9);
}

TEST(ProgressView, AStageWithoutStepsNearsItsEndAndNeverReachesIt) {
  double before = -1;
  for (const double elapsed : {0.0, 0.5, 2.0, 10.0, 1000.0}) {
    const double done = progress_of({.stage = Stage::kLoad, .stage_elapsed = elapsed}).done[0];
    EXPECT_GE(done, before);
    EXPECT_LT(done, 0.96);
    before = done;
  }
}

TEST(ProgressView, CountsStepsAndMeasuresThem) {
  // Four of eight steps in 8 s: 2 s each, so 8 s of them are left, and stages before are done. What
  // comes after is guessed by the usual shares: 0.13 and 0.03 where steps have 0.70.
  const ProgressView view = progress_of(
      {.steps = 8, .stage = Stage::kDenoise, .step = 4, .stage_elapsed = 8, .step_elapsed = 0});
  EXPECT_DOUBLE_EQ(view.done[0], 1);
  EXPECT_DOUBLE_EQ(view.done[1], 1);
  EXPECT_DOUBLE_EQ(view.done[3], 0.5);
  EXPECT_DOUBLE_EQ(view.done[4], 0);
  ASSERT_TRUE(view.seconds_left);
  EXPECT_NEAR(*view.seconds_left, 8 + 16 * (0.13 + 0.03) / 0.70, 1e-9);
}

TEST(ProgressView, WhatIsLeftIsKnownToTheEndOfAFirstRunEver) {
  ProgressInput decoding{.steps = 10, .stage = Stage::kDecode, .step_seconds = 1};
  EXPECT_FALSE(progress_of({.steps = 10, .stage = Stage::kEncode}).seconds_left);
  ASSERT_TRUE(progress_of(decoding).seconds_left);
  EXPECT_GT(*progress_of(decoding).seconds_left, 0);
  decoding.stage_elapsed = 100;
  ASSERT_TRUE(progress_of(decoding).seconds_left) << "longer than guessed";
}

TEST(ProgressView, SecondsAreEstimatedUntilSomethingWasMeasured) {
  Plan estimated = plan();
  estimated.seconds_are_estimated = true;
  ProgressInput run{.steps = 10, .plan = estimated, .stage = Stage::kLoad};
  EXPECT_TRUE(progress_of(run).estimated);
  run.stage = Stage::kDenoise;
  run.step = 2;
  run.stage_elapsed = 2;
  EXPECT_FALSE(progress_of(run).estimated);
}

TEST(ProgressView, SecondsLeftCoverTheFurtherPictures) {
  const ProgressInput one{.steps = 10, .count = 1, .plan = plan(), .stage = Stage::kDecode};
  ProgressInput three = one;
  three.count = 3;
  EXPECT_NEAR(*progress_of(one).seconds_left, 2 + 0.5, 1e-9);
  EXPECT_NEAR(*progress_of(three).seconds_left, 2.5 + 2 * 12.5, 1e-9);
}

TEST(ProgressView, TheBarIsTheWholeJobAndTheLineIsThisPicture) {
  // Four pictures: 3 s once, 12.5 s each, 53 s in all. Five steps of the second are 5 s of
  // its 12.5.
  const ProgressInput second{.steps = 10,
                             .count = 4,
                             .plan = plan(),
                             .stage = Stage::kDenoise,
                             .image_index = 1,
                             .step = 5,
                             .stage_elapsed = 5};
  const ProgressView view = progress_of(second);
  EXPECT_NEAR(view.job_done, (3 + 12.5 + 5) / 53, 1e-9);
  ASSERT_EQ(view.picture_ends.size(), 3U);
  EXPECT_NEAR(view.picture_ends[0], 15.5 / 53, 1e-9);
  EXPECT_NEAR(view.picture_ends[2], 40.5 / 53, 1e-9);
  EXPECT_NEAR(*view.picture_seconds_left, 7.5, 1e-9);
  EXPECT_NEAR(*view.seconds_left, 7.5 + 2 * 12.5, 1e-9);
  EXPECT_LT(view.share[0] + view.share[1], 0.1) << "a further picture loads nothing";
}

}  // namespace
}  // namespace headroom
