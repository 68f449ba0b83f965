#include "progress_model.h"

#include <numeric>

#include <gtest/gtest.h>

namespace headroom {
namespace {

// A run of 1000×1000 px, 10 steps: load 2, encode 1, denoise 10, decode 2, save 0.5 s.
Receipt receipt() {
  Receipt r;
  r.stage_seconds = {2, 1, 10, 2, 0.5};
  return r;
}

double sum(const std::array<double, kStageCount>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

TEST(ProgressModel, ScalesWhatItLearnedByAreaAndSteps) {
  ProgressModel model;
  EXPECT_FALSE(model.seconds_per_picture(1000, 1000, 10));
  model.learn(receipt(), 1000, 1000, 10);
  ASSERT_TRUE(model.seconds_per_picture(1000, 1000, 10));
  EXPECT_NEAR(*model.seconds_per_picture(1000, 1000, 10), 1 + 10 + 2 + 0.5, 1e-9);
  EXPECT_NEAR(*model.seconds_per_picture(1000, 500, 20), 1 + 10 + 1 + 0.25, 1e-9);
}

TEST(ProgressModel, IgnoresAReceiptWithoutTimes) {
  ProgressModel model;
  model.learn(Receipt{}, 512, 512, 8);
  EXPECT_FALSE(model.seconds_per_picture(512, 512, 8));
}

TEST(ProgressModel, ThePlansSecondsComeFirst) {
  ProgressModel model;
  model.learn(receipt(), 1000, 1000, 10);
  Plan plan;
  plan.stages = {{Stage::kDenoise, 0, 0, 0, 0, 42.0}};
  const auto expected = model.expect(1000, 1000, 10, plan);
  EXPECT_DOUBLE_EQ(expected[2], 42);
  EXPECT_DOUBLE_EQ(expected[3], 2);
}

TEST(ProgressModel, APlanWithSecondsNeedsNoRunBefore) {
  const ProgressModel fresh;
  Plan plan;
  plan.seconds = 9;
  plan.stages = {{Stage::kDenoise, 0, 0, 0, 0, 8.0}, {Stage::kDecode, 0, 0, 0, 0, 1.0}};
  const ProgressInput start{.steps = 8, .plan = plan, .stage = Stage::kLoad};
  ASSERT_TRUE(fresh.view(start).seconds_left);
  EXPECT_DOUBLE_EQ(*fresh.view(start).seconds_left, 9);
  EXPECT_GT(fresh.view(start).share[2], 5 * fresh.view(start).share[3]);
}

TEST(ProgressModel, WhatThePlanFindsLoadedIsNotExpectedAgain) {
  ProgressModel model;
  model.learn(receipt(), 1000, 1000, 10);
  Plan plan;
  plan.stages = {{Stage::kLoad, 0, 0, 0, 0, 0.0}, {Stage::kDenoise, 0, 0, 0, 0, 42.0}};
  plan.seconds = 42;
  EXPECT_DOUBLE_EQ(model.expect(1000, 1000, 10, plan)[0], 0);
  plan.seconds = 0;  // knows nothing of it
  EXPECT_DOUBLE_EQ(model.expect(1000, 1000, 10, plan)[0], 2);
}

TEST(ProgressModel, SharesSumToOneWhateverIsKnown) {
  ProgressModel model;
  EXPECT_NEAR(sum(model.view({}).share), 1, 1e-9);
  EXPECT_FALSE(model.view({}).seconds_left);
  model.learn(receipt(), 1000, 1000, 10);
  const ProgressView view = model.view({.width = 1000, .height = 1000, .steps = 10});
  EXPECT_NEAR(sum(view.share), 1, 1e-9);
  EXPECT_GT(view.share[2], view.share[0]);
}

TEST(ProgressModel, AStageWithoutStepsNearsItsEndAndNeverReachesIt) {
  const ProgressModel model;
  double before = -1;
  for (const double elapsed : {0.0, 0.5, 2.0, 10.0, 1000.0}) {
    const double done = model.view({.stage = Stage::kLoad, .stage_elapsed = elapsed}).done[0];
    EXPECT_GE(done, before);
    EXPECT_LT(done, 0.96);
    before = done;
  }
}

TEST(ProgressModel, CountsStepsAndMeasuresThem) {
  const ProgressModel model;
  // Four of eight steps in 8 s: 2 s each, so 8 s of them are left, and stages before are done. What
  // comes after is guessed by the usual shares: 0.13 and 0.03 where steps have 0.70.
  const ProgressView view = model.view(
      {.steps = 8, .stage = Stage::kDenoise, .step = 4, .stage_elapsed = 8, .step_elapsed = 0});
  EXPECT_DOUBLE_EQ(view.done[0], 1);
  EXPECT_DOUBLE_EQ(view.done[1], 1);
  EXPECT_DOUBLE_EQ(view.done[2], 0.5);
  EXPECT_DOUBLE_EQ(view.done[3], 0);
  ASSERT_TRUE(view.seconds_left);
  EXPECT_NEAR(*view.seconds_left, 8 + 16 * (0.13 + 0.03) / 0.70, 1e-9);
}

TEST(ProgressModel, WhatIsLeftIsKnownToTheEndOfAFirstRunEver) {
  const ProgressModel fresh;
  ProgressInput decoding{.steps = 10, .stage = Stage::kDecode, .step_seconds = 1};
  EXPECT_FALSE(fresh.view({.steps = 10, .stage = Stage::kEncode}).seconds_left);
  ASSERT_TRUE(fresh.view(decoding).seconds_left);
  EXPECT_GT(*fresh.view(decoding).seconds_left, 0);
  decoding.stage_elapsed = 100;
  ASSERT_TRUE(fresh.view(decoding).seconds_left) << "longer than guessed";
}

TEST(ProgressModel, SecondsAreEstimatedUntilSomethingWasMeasured) {
  ProgressModel model;
  Plan plan;
  plan.seconds = 9;
  plan.seconds_are_estimated = true;
  plan.stages = {{Stage::kDenoise, 0, 0, 0, 0, 8.0}, {Stage::kDecode, 0, 0, 0, 0, 1.0}};
  ProgressInput run{.steps = 8, .plan = plan, .stage = Stage::kLoad};
  EXPECT_TRUE(model.view(run).estimated);
  run.stage = Stage::kDenoise;
  run.step = 2;
  run.stage_elapsed = 2;
  EXPECT_FALSE(model.view(run).estimated);
}

TEST(ProgressModel, SecondsLeftCoverTheFurtherPictures) {
  ProgressModel model;
  model.learn(receipt(), 1000, 1000, 10);
  const ProgressInput one{
      .width = 1000, .height = 1000, .steps = 10, .count = 1, .stage = Stage::kDecode};
  ProgressInput three = one;
  three.count = 3;
  EXPECT_NEAR(*model.view(one).seconds_left, 2 + 0.5, 1e-9);
  EXPECT_NEAR(*model.view(three).seconds_left, 2.5 + 2 * 12.5, 1e-9);
}

TEST(ProgressModel, TheBarIsTheWholeJobAndTheLineIsThisPicture) {
  ProgressModel model;
  model.learn(receipt(), 1000, 1000, 10);
  // Four pictures: 3 s once, 12.5 s each, 53 s in all. Five steps of the second are 5 s of
  // its 12.5.
  const ProgressInput second{.width = 1000,
                             .height = 1000,
                             .steps = 10,
                             .count = 4,
                             .stage = Stage::kDenoise,
                             .image_index = 1,
                             .step = 5,
                             .stage_elapsed = 5};
  const ProgressView view = model.view(second);
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
