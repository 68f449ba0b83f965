#include "headroom/memory/planner.h"

#include "headroom/core/bytes.h"
#include "headroom/memory/plan_candidate.h"
#include "headroom/memory/plan_space.h"

#include "memory/planner_costs.h"
#include "support/exhaustive_search.h"

#include <array>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::CountingCosts;
using test::DistinctCosts;
using test::expect_composed;
using test::RealCosts;

TEST(Planner, AllPlansAreAllAndEachOnce) {
  DistinctCosts costs;
  const auto count = [&] {
    std::set<std::vector<std::string>> names;
    const std::vector<PlanCandidate> all = test::all_plans(costs.space, costs);
    for (const PlanCandidate& c : all) {
      names.insert(option_names(c.execution));
      EXPECT_TRUE(costs.space.guided || !c.execution.sequential_guidance);
      EXPECT_TRUE(costs.space.can_decode_on_cpu || !c.execution.cpu_decode);
      EXPECT_FALSE(c.execution.cpu_decode && c.execution.tile_latent > 0);
    }
    EXPECT_EQ(names.size(), all.size());
    return names.size();
  };
  EXPECT_EQ(count(), 16u * 3 * 3 * 5);  // flags, chunks, decodes, blocks
  costs.space.guided = false;
  EXPECT_EQ(count(), 8u * 3 * 3 * 5);
  costs.space.can_decode_on_cpu = false;
  EXPECT_EQ(count(), 8u * 3 * 2 * 5);
  costs.space.layers = 0;
  costs.space.chunk_sizes.clear();
  costs.space.tile_sizes.clear();
  EXPECT_EQ(count(), 8u);
}

// Each floor keeps away what it names, with all the memory in the world.
TEST(Planner, AFloorKeepsWhatItNamesOffTheDevice) {
  RealCosts costs({512, 512}, false, 1);
  const auto weights = [&](const PlanFloor& floor) {
    costs.space.floor = floor;
    const auto plan = fastest_plan(costs.space, costs, 40 * kGiB);
    EXPECT_TRUE(plan && floor.allows(plan->execution));
    for (const PlanCandidate& c : test::all_plans(costs.space, costs))
      EXPECT_TRUE(floor.allows(c.execution));
    std::array<std::int64_t, kStageCount> bytes{};
    for (std::size_t s = 0; s < bytes.size(); ++s) bytes[s] = plan->stages[s].weights_bytes;
    return std::pair(plan->execution, bytes);
  };
  constexpr std::int64_t kEncoder = 2 * 3'532'578'560;
  constexpr std::int64_t kTransformer = 2 * 6'154'908'736;
  constexpr std::int64_t kLayer = 2 * 180'910'336;
  constexpr std::int64_t kVae = 4 * 49'545'475;
  const auto at_stage = [](const auto& pair, Stage stage) { return pair.second[index_of(stage)]; };

  const auto blocks = weights({.stream_blocks = 12});
  EXPECT_GE(blocks.first.stream_blocks, 12);
  EXPECT_LE(at_stage(blocks, Stage::kDenoise), kEncoder + kTransformer - 12 * kLayer + kVae);
  const auto encoder = weights({.only_when_used = {NetworkId::kTextEncoder}});
  EXPECT_LE(at_stage(encoder, Stage::kDenoise), kTransformer + kVae);
  EXPECT_TRUE(weights({.stream_encoder = true}).first.stream_encoder);
  const auto transformer = weights({.only_when_used = {NetworkId::kTransformer}});
  EXPECT_LE(at_stage(transformer, Stage::kEncode), kEncoder + kVae);
  EXPECT_LE(at_stage(transformer, Stage::kDecode), kEncoder + kVae);
  const auto vae = weights({.only_when_used = {NetworkId::kDecoder}});
  EXPECT_LE(at_stage(vae, Stage::kEncode), kEncoder + kTransformer);
  EXPECT_LE(at_stage(vae, Stage::kDenoise), kEncoder + kTransformer);
  EXPECT_EQ(weights({}).first, ExecutionOptions{});
}

// A floor is no reason to do more than it asks for.
TEST(Planner, AFloorOfAllBlocksLeavesTheRestAsItIs) {
  RealCosts costs({512, 512}, false, 1);
  costs.space.floor.stream_blocks = 30;
  ExecutionOptions expected;
  expected.stream_blocks = 30;
  EXPECT_EQ(fastest_plan(costs.space, costs, 40 * kGiB)->execution, expected);
}

TEST(Planner, UsesNoRungWhenEverythingFits) {
  RealCosts costs({1024, 1024}, false, 1);
  const auto plan = fastest_plan(costs.space, costs, 40 * kGiB);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->execution, ExecutionOptions{});
}

TEST(Planner, SaysNothingWhenNotEvenTheSmallestPlanFits) {
  RealCosts costs({1024, 1024}, true, 1);
  const PlanCandidate smallest = smallest_plan(costs.space, costs);
  expect_composed(smallest, costs.space, costs);
  EXPECT_FALSE(fastest_plan(costs.space, costs, smallest.peak_bytes - 1));
  EXPECT_FALSE(fastest_plan(costs.space, costs, smallest.peak_bytes - 1, true));
  EXPECT_FALSE(fastest_plan(costs.space, costs, 0));
  EXPECT_FALSE(fastest_plan(costs.space, costs, -kGiB));
  const auto just = fastest_plan(costs.space, costs, smallest.peak_bytes);
  ASSERT_TRUE(just);
  EXPECT_EQ(just->peak_bytes, smallest.peak_bytes);
}

TEST(Planner, MoreMemoryIsNeverSlower) {
  RealCosts costs({768, 768}, true, 1);
  double before = std::numeric_limits<double>::infinity();
  for (std::int64_t budget = kGiB; budget < 30 * kGiB; budget += 300 * kMiB) {
    const auto plan = fastest_plan(costs.space, costs, budget);
    if (!plan) {
      EXPECT_EQ(before, std::numeric_limits<double>::infinity()) << format_bytes(budget);
      continue;
    }
    EXPECT_LE(plan->seconds, before) << format_bytes(budget);
    before = plan->seconds;
  }
}

// Copies that hide behind arithmetic cost nothing, so the memory is left to others.
TEST(Planner, StreamsAsManyBlocksAsCostNoTime) {
  class Hidden final : public CountingCosts {
   public:
    Hidden() { space.layers = 30; }
    std::int64_t least_need = 0;  // of denoise, however much is streamed

   private:
    [[nodiscard]] StageNeed encode_need(const ExecutionOptions&) const override { return {}; }
    [[nodiscard]] StageNeed denoise_need(const ExecutionOptions& r) const override {
      // Two buffers of one block each, the first streamed block therefore costs memory.
      const std::int64_t buffers = r.stream_blocks > 0 ? 20 : 0;
      const std::int64_t weights = 300 - 10 * r.stream_blocks;
      return {weights, buffers, 0, std::max(weights + buffers, least_need)};
    }
    [[nodiscard]] StageNeed decode_need(const ExecutionOptions&) const override { return {}; }
    [[nodiscard]] std::array<double, kStageCount> stage_seconds(
        const ExecutionOptions& r) const override {
      const double evicting = (r.evict_encoder || r.evict_transformer) ? 1 : 0;
      return {evicting, 0, 0, std::max(100.0, 10.0 * r.stream_blocks), 1, 0};
    }
  };
  Hidden costs;
  const auto blocks = [&](std::int64_t budget) {
    return fastest_plan(costs.space, costs, budget)->execution.stream_blocks;
  };
  EXPECT_EQ(blocks(1000), 10);
  EXPECT_EQ(blocks(220), 10);
  EXPECT_EQ(blocks(219), 11);
  EXPECT_EQ(blocks(20), 30);
  EXPECT_FALSE(fastest_plan(costs.space, costs, 19));
  costs.least_need = 260;  // 240 + 20: a seventh block would save nothing
  EXPECT_EQ(blocks(1000), 6);
}

TEST(Planner, LowVramTakesTheLeastMemoryWithinTwiceTheTime) {
  RealCosts costs({512, 512}, false, 1);
  const auto fast = fastest_plan(costs.space, costs, 40 * kGiB);
  const auto lean = fastest_plan(costs.space, costs, 40 * kGiB, true);
  ASSERT_TRUE(fast && lean);
  EXPECT_LT(lean->peak_bytes, fast->peak_bytes / 2);
  EXPECT_LE(lean->seconds, 2 * fast->seconds);
}

// Where the whole run would not, with everything that is left resident.
TEST(Planner, DecodingAloneFits) {
  RealCosts costs({1024, 1024}, true, 1.0);
  costs.space.from = Stage::kDecode;
  const auto plan = fastest_plan(costs.space, costs, 4 * kGiB);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->stages[static_cast<std::size_t>(Stage::kDenoise)].peak_bytes, 0);
}

}  // namespace
}  // namespace headroom
