#include "headroom/core/run_shape.h"

#include <set>

#include <gtest/gtest.h>

namespace headroom {
namespace {

constexpr RunShape kShape{.width = 512,
                          .height = 768,
                          .steps = 10,
                          .guided_steps = 4,
                          .prompt_tokens = 20,
                          .negative_tokens = 8};

TEST(RunShape, IsAKeyInWhichEveryMemberCounts) {
  std::set<RunShape> shapes{kShape};
  for (int RunShape::*member :
       {&RunShape::width, &RunShape::height, &RunShape::steps, &RunShape::guided_steps,
        &RunShape::prompt_tokens, &RunShape::negative_tokens}) {
    RunShape other = kShape;
    ++(other.*member);
    EXPECT_TRUE(shapes.insert(other).second);
  }
  EXPECT_FALSE(shapes.insert(kShape).second);
}

TEST(RunShape, OfAnotherSizeIsTheSameOtherwise) {
  const RunShape other = with_size(kShape, {64, 128});
  EXPECT_EQ(other.width, 64);
  EXPECT_EQ(other.height, 128);
  EXPECT_EQ(with_size(other, {512, 768}), kShape);
}

// The first four of ten steps are guided.
TEST(RunShape, WhatIsLeftHasTheGuidedStepsThatWereNotDone) {
  const auto left = [](int steps) { return with_steps_left(kShape, steps); };
  EXPECT_EQ(left(10), kShape);
  EXPECT_EQ(left(8).steps, 8);
  EXPECT_EQ(left(8).guided_steps, 2);
  EXPECT_EQ(left(3).steps, 3);
  EXPECT_EQ(left(3).guided_steps, 0);
  EXPECT_EQ(left(0), left(1)) << "what is planned has a step";
  EXPECT_EQ(left(3).prompt_tokens, 20);
}

}  // namespace
}  // namespace headroom
