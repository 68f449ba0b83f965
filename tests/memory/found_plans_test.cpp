#include "headroom/memory/found_plans.h"

#include "headroom/core/bytes.h"
#include "headroom/memory/planner.h"

#include "planner_costs.h"

#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::RealCosts;

ExecutionOptions streaming(int blocks) { return {.stream_blocks = blocks}; }

TEST(FoundPlans, AnAnswerHoldsDownToWhatItNeeds) {
  FoundPlans found;
  found.add({}, PlanGoal::kFastest, {streaming(3), 100, 200});
  EXPECT_EQ(found.find({}, PlanGoal::kFastest, 200)->execution, streaming(3));
  EXPECT_EQ(found.find({}, PlanGoal::kFastest, 100)->execution, streaming(3));
  EXPECT_EQ(found.find({}, PlanGoal::kFastest, 99), nullptr);
  EXPECT_EQ(found.find({}, PlanGoal::kFastest, 201), nullptr);
}

TEST(FoundPlans, TheSameAnswerForTwoBudgetsHoldsBetweenThem) {
  FoundPlans found;
  found.add({}, PlanGoal::kFastest, {streaming(3), 100, 120});
  found.add({}, PlanGoal::kFastest, {streaming(3), 100, 200});
  EXPECT_EQ(found.find({}, PlanGoal::kFastest, 150)->execution, streaming(3));
}

TEST(FoundPlans, WhereNoneFitsNoneFitsIntoLess) {
  FoundPlans found;
  found.add({}, PlanGoal::kFastest, {std::nullopt, std::numeric_limits<std::int64_t>::min(), 90});
  ASSERT_NE(found.find({}, PlanGoal::kFastest, -5), nullptr);
  EXPECT_FALSE(found.find({}, PlanGoal::kFastest, -5)->execution);
  EXPECT_EQ(found.find({}, PlanGoal::kFastest, 91), nullptr);
}

TEST(FoundPlans, OtherGoalsAndSpacesAreOtherQuestions) {
  FoundPlans found;
  found.add({}, PlanGoal::kFastest, {streaming(3), 100, 200});
  EXPECT_EQ(found.find({}, PlanGoal::kLowVram, 150), nullptr);
  PlanSpace uncached;
  uncached.files_are_cached = false;
  EXPECT_EQ(found.find(uncached, PlanGoal::kFastest, 150), nullptr);
}

// Searches of the same costs with and without them, in any order of budgets.
TEST(FoundPlans, ChangeNoAnswer) {
  std::mt19937 random(11);
  for (const bool guided : {false, true}) {
    RealCosts fresh({1024, 1024}, guided, 0.53);
    RealCosts kept({1024, 1024}, guided, 0.53);
    kept.kept_plans.emplace();
    for (int i = 0; i < 300; ++i) {
      const std::int64_t budget = std::uniform_int_distribution<std::int64_t>(0, 16 * kGiB)(random);
      for (const bool low_vram : {false, true}) {
        const auto one = fastest_plan(fresh.space, fresh, budget, low_vram);
        const auto other = fastest_plan(kept.space, kept, budget, low_vram);
        ASSERT_EQ(one.has_value(), other.has_value()) << budget;
        if (!one) continue;
        EXPECT_EQ(one->execution, other->execution) << budget;
        EXPECT_EQ(one->peak_bytes, other->peak_bytes);
        EXPECT_EQ(one->seconds, other->seconds);
      }
      EXPECT_EQ(smallest_plan(fresh.space, fresh).execution,
                smallest_plan(kept.space, kept).execution);
    }
  }
}

TEST(FoundPlans, SpareASmallerBudgetItsSearch) {
  RealCosts costs({1024, 1024}, false, 1);
  costs.kept_plans.emplace();
  const auto first = fastest_plan(costs.space, costs, 30 * kGiB);
  ASSERT_TRUE(first);
  const int searched = costs.asked_seconds;
  costs.asked_seconds = 0;
  ASSERT_TRUE(fastest_plan(costs.space, costs, first->peak_bytes));
  EXPECT_LT(costs.asked_seconds, 20) << "of " << searched << ": the seconds of the plan alone";
  costs.asked_seconds = 0;
  ASSERT_TRUE(fastest_plan(costs.space, costs, first->peak_bytes - 1));
  EXPECT_GT(costs.asked_seconds, 100) << "another plan, which has to be searched";
}

}  // namespace
}  // namespace headroom
