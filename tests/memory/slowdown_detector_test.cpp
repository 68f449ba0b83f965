#include "headroom/memory/slowdown_detector.h"

#include <limits>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

SlowdownDetector::Kind of_size(int side, bool guided = false) {
  return {.shape = {.width = side, .height = side}, .guided = guided};
}

// Feeds `steps` times `seconds`; what was told, in order.
std::vector<double> feed(SlowdownDetector& watch, int steps, double seconds,
                         const SlowdownDetector::Kind& kind = of_size(512)) {
  std::vector<double> told;
  for (int i = 0; i < steps; ++i) {
    if (const auto factor = watch.add(kind, seconds)) told.push_back(factor->times);
  }
  return told;
}

TEST(SlowdownDetector, SaysNothingOfASteadyDevice) {
  SlowdownDetector watch;
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(watch.add(of_size(512), i % 2 == 0 ? 1.0 : 1.3));  // noise within the limit
  }
}

TEST(SlowdownDetector, TellsAStepChangeOnceAndByHowMuch) {
  SlowdownDetector watch;
  EXPECT_TRUE(feed(watch, 10, 1.0).empty());
  const std::vector<double> told = feed(watch, 50, 1.7);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_DOUBLE_EQ(told[0], 1.7);
}

TEST(SlowdownDetector, KeepsQuietBelowTheLimit) {
  SlowdownDetector watch;
  feed(watch, 10, 1.0);
  EXPECT_TRUE(feed(watch, 50, 1.45).empty());
}

TEST(SlowdownDetector, IsNotMisledByASpike) {
  SlowdownDetector watch;
  feed(watch, 10, 1.0);
  EXPECT_TRUE(feed(watch, 2, 30.0).empty());  // two of the last five: the median is a usual step
  EXPECT_TRUE(feed(watch, 20, 1.0).empty());
}

TEST(SlowdownDetector, ADeviceThatIsNowFastNowSlowIsNoNews) {
  SlowdownDetector watch;
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(feed(watch, 3, i % 2 == 0 ? 2.0 : 1.5).empty());
  }
}

TEST(SlowdownDetector, SlowFirstStepsAreNoMeasure) {
  SlowdownDetector watch;
  EXPECT_TRUE(feed(watch, 2, 9.0).empty());  // warm-up
  EXPECT_TRUE(feed(watch, 20, 1.0).empty());
  EXPECT_EQ(feed(watch, 10, 1.6).size(), 1U);  // and do not hide what comes later
}

TEST(SlowdownDetector, ASlowDriftCountsFromItsBeginning) {
  SlowdownDetector watch;
  std::vector<double> told;
  double at = 0;
  for (int i = 0; i < 200; ++i) {
    const double seconds = 1.0 + 0.01 * i;  // 1 s to 3 s
    if (const auto factor = watch.add(of_size(512), seconds)) {
      told.push_back(factor->times);
      at = seconds;
    }
  }
  ASSERT_EQ(told.size(), 1U);
  EXPECT_GE(told[0], 1.5);
  EXPECT_NEAR(at, 1.5 * 1.02, 0.05);  // the first five steps have a median of 1.02 s
}

TEST(SlowdownDetector, ComparesOnlyStepsOfOneKind) {
  SlowdownDetector watch;
  for (int run = 0; run < 10; ++run) {  // guided first, then without: cfg_truncation
    EXPECT_TRUE(feed(watch, 5, 2.0, of_size(512, true)).empty());
    EXPECT_TRUE(feed(watch, 5, 1.0, of_size(512, false)).empty());
  }
  EXPECT_EQ(feed(watch, 5, 2.0, of_size(512, false)).size(), 1U);  // which is slow for this kind
  EXPECT_TRUE(feed(watch, 5, 2.0, of_size(512, true)).empty());
}

TEST(SlowdownDetector, LooksAcrossRuns) {
  SlowdownDetector watch;
  for (int run = 0; run < 3; ++run) {
    feed(watch, 8, 1.0, of_size(512));
    feed(watch, 8, 4.0, of_size(1024));
  }
  EXPECT_EQ(feed(watch, 8, 2.0, of_size(512)), std::vector<double>{2.0});
}

TEST(SlowdownDetector, ShortDisturbancesOfFastStepsAreNoise) {
  SlowdownDetector watch;
  feed(watch, 100, 0.025);
  EXPECT_TRUE(feed(watch, 20, 0.075).empty());  // 1.5 s
  EXPECT_TRUE(feed(watch, 100, 0.025).empty());
  EXPECT_EQ(feed(watch, 70, 0.075).size(), 1U);  // 5.25 s
  feed(watch, 20, 0.025, of_size(64));
  EXPECT_TRUE(feed(watch, 55, 0.075, of_size(64)).empty());  // 4.6 s with all before
}

TEST(SlowdownDetector, TellsAgainAfterARecovery) {
  SlowdownDetector watch;
  feed(watch, 10, 1.0);
  EXPECT_EQ(feed(watch, 10, 2.0).size(), 1U);
  EXPECT_TRUE(feed(watch, 10, 1.3).empty());  // better, but not well
  EXPECT_TRUE(feed(watch, 10, 2.0).empty());
  EXPECT_TRUE(feed(watch, 10, 1.0).empty());
  EXPECT_EQ(feed(watch, 10, 2.0).size(), 1U);
}

TEST(SlowdownDetector, IgnoresWhatCannotBeAMeasurement) {
  SlowdownDetector watch;
  feed(watch, 10, 1.0);
  for (const double seconds : {0.0, -1.0, std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_TRUE(feed(watch, 10, seconds).empty());
  }
  EXPECT_EQ(feed(watch, 10, 2.0).size(), 1U);
}

TEST(SlowdownDetector, ForgetsRatherThanGrowsWithoutEnd) {
  SlowdownDetector watch;
  for (int i = 0; i < 1000; ++i) feed(watch, 1, 1.0, of_size(i));
  EXPECT_TRUE(feed(watch, 10, 1.0, of_size(2048)).empty());
  EXPECT_EQ(feed(watch, 10, 2.0, of_size(2048)).size(), 1U);
}

TEST(SlowdownDetector, SaysWhetherOtherProgramsTookThePart) {
  for (const double share : {0.0, 0.1, 0.4}) {
    SlowdownDetector watch;
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(watch.add(of_size(512), 1.0, 0));
    std::optional<SlowdownDetector::Slowness> told;
    for (int i = 0; i < 20 && !told; ++i) told = watch.add(of_size(512), 2.0, share);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->by_others, share > SlowdownDetector::kOthersShare) << share;
  }
}

}  // namespace
}  // namespace headroom
