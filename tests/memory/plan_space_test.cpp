#include "headroom/memory/plan_space.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(PlanFloor, OfNothingAllowsEveryPlan) {
  EXPECT_TRUE(PlanFloor{}.allows({}));
  EXPECT_TRUE(PlanFloor{}.allows({.stream_encoder = true, .stream_blocks = 3}));
}

TEST(PlanFloor, SaysHowManyBlocksAreStreamedAtLeast) {
  const PlanFloor floor{.stream_blocks = 12};
  EXPECT_FALSE(floor.allows({}));
  EXPECT_FALSE(floor.allows({.stream_blocks = 11}));
  EXPECT_TRUE(floor.allows({.stream_blocks = 12}));
  EXPECT_TRUE(floor.allows({.stream_blocks = 30}));
  const PlanFloor encoder{.stream_encoder = true};
  EXPECT_FALSE(encoder.allows({.evict_encoder = true, .stream_blocks = 30}));
  EXPECT_TRUE(encoder.allows({.stream_encoder = true}));
}

TEST(PlanFloor, KeepsANetworkAwayFromStagesThatDoNotUseIt) {
  const PlanFloor encoder{.only_when_used = {NetworkId::kTextEncoder}};
  EXPECT_FALSE(encoder.allows({}));
  EXPECT_FALSE(encoder.allows({.evict_transformer = true}));
  EXPECT_TRUE(encoder.allows({.evict_encoder = true}));
  EXPECT_TRUE(encoder.allows({.stream_encoder = true}));  // leaves layer by layer
  const PlanFloor transformer{.only_when_used = {NetworkId::kTransformer}};
  EXPECT_FALSE(transformer.allows({.evict_encoder = true}));  // is still there to decode
  EXPECT_TRUE(transformer.allows({.evict_transformer = true}));
  const PlanFloor decoder{.only_when_used = {NetworkId::kDecoder}};
  EXPECT_FALSE(decoder.allows({}));
  EXPECT_TRUE(decoder.allows({.cpu_decode = true}));
}

TEST(PlanFloor, OfSeveralWishesAllowsWhatFulfilsThemAll) {
  const PlanFloor floor{.stream_blocks = 2,
                        .only_when_used = {NetworkId::kTextEncoder, NetworkId::kDecoder}};
  EXPECT_FALSE(floor.allows({.stream_blocks = 2}));
  EXPECT_FALSE(floor.allows({.evict_encoder = true}));
  EXPECT_TRUE(floor.allows({.evict_encoder = true, .stream_blocks = 2}));
}

TEST(PlanSpace, HoldsTheStagesOfARunFromNoiseUntilToldOtherwise) {
  const PlanSpace space;
  EXPECT_TRUE(space.stages.has(Stage::kEncode));
  EXPECT_TRUE(space.stages.has(Stage::kDenoise));
  EXPECT_TRUE(space.stages.has(Stage::kDecode));
  EXPECT_FALSE(space.stages.has(Stage::kEncodeImage));
}

}  // namespace
}  // namespace headroom
