#include "headroom/memory/option_effects.h"

#include "headroom/memory/plan_candidate.h"
#include "headroom/memory/plan_space.h"

#include <array>

#include <gtest/gtest.h>

namespace headroom {
namespace {

StageNeed bytes(std::int64_t weights, std::int64_t activations) {
  return {weights, activations, 0, weights + activations};
}

// Ten layers of 10 bytes; an encoder of 30, a decoder of 8.
class MadeUpCosts final : public PlanCosts {
 public:
  MadeUpCosts() {
    space.layers = 10;
    space.chunk_sizes = {64};
    space.tile_sizes = {16};
  }
  PlanSpace space;
  StageNeed need(Stage stage, const ExecutionOptions& r) override {
    if (stage == Stage::kEncode) return r.stream_encoder ? bytes(0, 7) : bytes(30, 5);
    if (stage == Stage::kDenoise) {
      return bytes(100 - 10 * r.stream_blocks,
                   (r.chunk_tokens > 0 ? 10 : 20) + (r.stream_blocks > 0 ? 4 : 0));
    }
    if (r.cpu_decode) return bytes(0, 0);
    return bytes(8, r.tile_latent > 0 ? 15 : 60);
  }
  HeldWeights weights(NetworkId network, const ExecutionOptions& r) override {
    return {need(first_stage(entry_of(network)), r).weights_bytes, 0, 0};
  }
  double seconds(Stage stage, const ExecutionOptions& r, bool) override {
    const std::array<double, kStageCount> all{1,
                                              1 + (r.evict_encoder ? 0.5 : 0),
                                              0,
                                              10.0 + r.stream_blocks + (r.chunk_tokens > 0 ? 2 : 0),
                                              3.0 + (r.tile_latent > 0 ? 1 : 0),
                                              0};
    return all[static_cast<std::size_t>(stage)];
  }
};

TEST(OptionEffects, AreThePlansWithoutOneRungEachLessThePlan) {
  MadeUpCosts costs;
  ExecutionOptions execution;
  execution.evict_encoder = true;
  execution.stream_blocks = 4;
  execution.tile_latent = 16;
  const PlanCandidate plan = compose(execution, costs.space, costs);
  ASSERT_EQ(plan.peak_bytes, 84);  // denoise: six layers, 20 and 4 of working memory
  const std::vector<OptionEffect> effects = option_effects(plan, costs.space, costs);
  ASSERT_EQ(effects.size(), 3U);
  // With the encoder staying through denoise: 84 + 30.
  EXPECT_EQ(effects[0].option, "evict-encoder");
  EXPECT_EQ(effects[0].saved_bytes, 30);
  EXPECT_DOUBLE_EQ(effects[0].seconds, 0.5);
  // With all ten layers in decode: 100 + 8 + 15 = 123.
  EXPECT_EQ(effects[1].option, "stream-blocks:4");
  EXPECT_EQ(effects[1].saved_bytes, 123 - 84);
  EXPECT_DOUBLE_EQ(effects[1].seconds, 4);
  // Decoded whole beside six layers: 60 + 8 + 60 = 128.
  EXPECT_EQ(effects[2].option, "tile-decode:16");
  EXPECT_EQ(effects[2].saved_bytes, 128 - 84);
  EXPECT_DOUBLE_EQ(effects[2].seconds, 1);
}

TEST(OptionEffects, ARungOffTheWorstMomentSavesNothing) {
  MadeUpCosts costs;
  ExecutionOptions execution;
  execution.chunk_tokens = 64;  // decode, 30 + 100 + 68, is the worst moment
  const PlanCandidate plan = compose(execution, costs.space, costs);
  ASSERT_EQ(plan.peak_bytes, 198);
  const std::vector<OptionEffect> effects = option_effects(plan, costs.space, costs);
  ASSERT_EQ(effects.size(), 1U);
  EXPECT_EQ(effects[0].option, "chunk-tokens:64");
  EXPECT_EQ(effects[0].saved_bytes, 0);
  EXPECT_DOUBLE_EQ(effects[0].seconds, 2);
}

TEST(OptionEffects, EveryRungHasOneInTheOrderOfTheirNames) {
  MadeUpCosts costs;
  const ExecutionOptions all{.evict_encoder = true,
                             .stream_encoder = true,
                             .sequential_guidance = true,
                             .chunk_tokens = 64,
                             .stream_blocks = 3,
                             .evict_transformer = true,
                             .tile_latent = 16,
                             .cpu_decode = true};
  std::vector<std::string> names;
  for (const OptionEffect& effect :
       option_effects(compose(all, costs.space, costs), costs.space, costs)) {
    names.push_back(effect.option);
  }
  EXPECT_EQ(names, option_names(all));
  EXPECT_TRUE(
      option_effects(compose(ExecutionOptions{}, costs.space, costs), costs.space, costs).empty());
}

}  // namespace
}  // namespace headroom
