#include "headroom/memory/plan_candidate.h"

#include "memory/planner_costs.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::DistinctCosts;
using test::RealCosts;

TEST(PlanCandidate, KeepsEverythingWhenThereAreNoRungs) {
  DistinctCosts costs;
  const PlanCandidate plan = compose(ExecutionOptions{}, costs.space, costs);
  const std::int64_t weights = 2'051'000;
  EXPECT_EQ(plan.stages[index_of(Stage::kLoad)].weights_bytes, weights);
  EXPECT_EQ(plan.stages[index_of(Stage::kLoad)].activation_bytes, 0);
  EXPECT_EQ(plan.stages[index_of(Stage::kLoad)].workspace_bytes, 0);
  EXPECT_EQ(plan.stages[index_of(Stage::kLoad)].peak_bytes, weights);
  EXPECT_EQ(plan.stages[index_of(Stage::kEncode)].weights_bytes, weights);
  EXPECT_EQ(plan.stages[index_of(Stage::kEncode)].activation_bytes, 20);
  EXPECT_EQ(plan.stages[index_of(Stage::kEncode)].workspace_bytes, 3);
  EXPECT_EQ(plan.stages[index_of(Stage::kEncode)].peak_bytes, weights + 21);
  EXPECT_EQ(plan.stages[index_of(Stage::kDenoise)].weights_bytes, weights);
  EXPECT_EQ(plan.stages[index_of(Stage::kDenoise)].peak_bytes, weights + 305);
  EXPECT_EQ(plan.stages[index_of(Stage::kDecode)].weights_bytes, weights);
  EXPECT_EQ(plan.stages[index_of(Stage::kDecode)].peak_bytes, weights + 910);
  EXPECT_EQ(plan.stages[index_of(Stage::kSave)].peak_bytes, 0);
  EXPECT_EQ(plan.peak_bytes, weights + 910);
  EXPECT_DOUBLE_EQ(plan.seconds, 11111);
}

// Weights of the text encoder, the transformer and the VAE decoder are 1000, 50000 and 2000000.
TEST(PlanCandidate, EachRungTakesItsNetworkAway) {
  struct Case {
    const char* name;
    ExecutionOptions execution;
    std::int64_t load, denoise, decode;
  };
  ExecutionOptions evict_encoder, evict_transformer, stream_encoder, stream_blocks, tiles, cpu, all;
  evict_encoder.evict_encoder = true;
  evict_transformer.evict_transformer = true;
  stream_encoder.stream_encoder = true;
  stream_blocks.stream_blocks = 3;
  tiles.tile_latent = 32;
  cpu.cpu_decode = true;
  all = {true, true, true, 64, 4, true, 0, true};
  DistinctCosts costs;
  for (const Case& c :
       {Case{"evict-encoder", evict_encoder, 1000, 50000, 2'050'000},
        Case{"evict-transformer", evict_transformer, 1000, 51000, 2'001'000},
        Case{"stream-encoder", stream_encoder, 50100, 50000, 2'050'000},
        Case{"stream-blocks", stream_blocks, 21000, 21000, 2'021'000},
        Case{"tile-decode", tiles, 51000, 51000, 2'051'000},
        Case{"cpu-decode", cpu, 51000, 51000, 51000}, Case{"all", all, 100, 10000, 0}}) {
    const PlanCandidate plan = compose(c.execution, costs.space, costs);
    EXPECT_EQ(plan.execution, c.execution) << c.name;
    EXPECT_EQ(plan.stages[index_of(Stage::kLoad)].weights_bytes, c.load) << c.name;
    EXPECT_EQ(plan.stages[index_of(Stage::kLoad)].peak_bytes, c.load) << c.name;
    EXPECT_EQ(plan.stages[index_of(Stage::kEncode)].weights_bytes, c.load) << c.name;
    EXPECT_EQ(plan.stages[index_of(Stage::kDenoise)].weights_bytes, c.denoise) << c.name;
    EXPECT_EQ(plan.stages[index_of(Stage::kDecode)].weights_bytes, c.decode) << c.name;
  }
  EXPECT_EQ(compose(all, costs.space, costs).peak_bytes, 10305);
  EXPECT_EQ(compose(cpu, costs.space, costs).peak_bytes, 51305);
}

TEST(PlanCandidate, WhatIsLeftOfARunNeedsNothingForTheStagesThatAreOver) {
  RealCosts costs({1024, 1024}, true, 1.0);
  ExecutionOptions execution;
  execution.evict_encoder = true;
  execution.stream_blocks = 20;
  const PlanCandidate whole = compose(execution, costs.space, costs);
  for (const Stage from : {Stage::kEncode, Stage::kDenoise, Stage::kDecode}) {
    costs.space.from = from;
    const PlanCandidate rest = compose(execution, costs.space, costs);
    std::int64_t peak = 0;
    for (int s = 0; s < kStageCount; ++s) {
      const auto i = static_cast<std::size_t>(s);
      const bool over = static_cast<Stage>(s) < from;
      EXPECT_EQ(rest.stages[i].peak_bytes, over ? 0 : whole.stages[i].peak_bytes);
      peak = std::max(peak, rest.stages[i].peak_bytes);
    }
    EXPECT_EQ(rest.peak_bytes, peak);
    EXPECT_LE(rest.seconds, whole.seconds);
  }
}

}  // namespace
}  // namespace headroom
