#include "headroom/memory/time_model.h"

#include <limits>

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(TimeModel, KnowsNothingAtFirst) { EXPECT_EQ(TimeModel{}.seconds(Stage::kDenoise, 100), 0); }

TEST(TimeModel, ScalesWithTheGuess) {
  TimeModel model;
  model.learn(Stage::kDenoise, 100, 5);
  EXPECT_DOUBLE_EQ(model.seconds(Stage::kDenoise, 100), 5);
  EXPECT_DOUBLE_EQ(model.seconds(Stage::kDenoise, 20), 1);
}

TEST(TimeModel, IsTheMedianSoThatOneSlowRunDoesNotCount) {
  TimeModel model;
  for (const double seconds : {1.0, 900.0, 2.0}) model.learn(Stage::kDecode, 1, seconds);
  EXPECT_DOUBLE_EQ(model.seconds(Stage::kDecode, 1), 2);
  model.learn(Stage::kDecode, 1, 3);
  EXPECT_DOUBLE_EQ(model.seconds(Stage::kDecode, 1), 2.5);  // the mean of the middle two
}

TEST(TimeModel, KeepsTheStagesApart) {
  TimeModel model;
  model.learn(Stage::kEncode, 1, 1);
  model.learn(Stage::kDecode, 1, 7);
  EXPECT_DOUBLE_EQ(model.seconds(Stage::kEncode, 1), 1);
  EXPECT_DOUBLE_EQ(model.seconds(Stage::kDecode, 1), 7);
  EXPECT_EQ(model.seconds(Stage::kSave, 1), 0);
}

TEST(TimeModel, ForgetsRunsThatAreLongPast) {
  TimeModel model;
  for (int i = 0; i < 15; ++i) model.learn(Stage::kDenoise, 1, 100);
  for (int i = 0; i < 15; ++i) model.learn(Stage::kDenoise, 1, 1);
  EXPECT_DOUBLE_EQ(model.seconds(Stage::kDenoise, 1), 1);
}

TEST(TimeModel, IgnoresWhatCannotBeAMeasurement) {
  TimeModel model;
  model.learn(Stage::kDenoise, 0, 1);
  model.learn(Stage::kDenoise, -1, 1);
  model.learn(Stage::kDenoise, 1, 0);  // a stage that a later picture of a job skips
  model.learn(Stage::kDenoise, 1, -1);
  model.learn(Stage::kDenoise, 1, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(model.seconds(Stage::kDenoise, 1), 0);
}

}  // namespace
}  // namespace headroom
