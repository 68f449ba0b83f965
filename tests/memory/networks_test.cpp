#include "headroom/memory/networks.h"

#include <set>
#include <string_view>

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(Networks, AreLoadedInTheOrderOfTheirStages) {
  for (std::size_t i = 1; i < kNetworks.size(); ++i) {
    EXPECT_GT(first_stage(kNetworks[i]), first_stage(kNetworks[i - 1]));
  }
  std::set<std::string_view> names;
  for (const StageEntry& stage : kStages) EXPECT_TRUE(names.insert(stage.name).second);
}

TEST(Networks, AreThereInTheirOwnStageWhateverThePlan) {
  const ExecutionOptions all{.evict_encoder = true,
                             .stream_encoder = true,
                             .stream_blocks = 3,
                             .evict_transformer = true,
                             .tile_latent = 8};
  for (const ExecutionOptions& execution : {ExecutionOptions{}, all}) {
    for (const NetworkEntry& network : kNetworks) {
      for (const WorkStage& work : kWorkStages) {
        EXPECT_TRUE(!network.stages.has(work.stage) || is_there(network, work.stage, execution));
      }
    }
  }
}

// docs/memory.md, "Execution options".
TEST(Networks, LeaveAsTheRungsSay) {
  const NetworkEntry& text_encoder = entry_of(NetworkId::kTextEncoder);
  const NetworkEntry& transformer = entry_of(NetworkId::kTransformer);
  const NetworkEntry& decoder = entry_of(NetworkId::kDecoder);
  const ExecutionOptions evict_encoder{.evict_encoder = true};
  EXPECT_FALSE(is_there(transformer, Stage::kEncode, evict_encoder));
  EXPECT_FALSE(is_there(text_encoder, Stage::kDenoise, evict_encoder));
  EXPECT_TRUE(is_there(transformer, Stage::kDecode, evict_encoder));
  const ExecutionOptions evict_transformer{.evict_transformer = true};
  EXPECT_FALSE(is_there(transformer, Stage::kDecode, evict_transformer));
  EXPECT_TRUE(is_there(text_encoder, Stage::kDecode, evict_transformer));
  EXPECT_FALSE(is_there(decoder, Stage::kDenoise, evict_transformer));
  EXPECT_FALSE(is_there(decoder, Stage::kDenoise, {.stream_blocks = 1}));
  EXPECT_FALSE(is_there(decoder, Stage::kDenoise, {.tile_latent = 16}));
  EXPECT_FALSE(is_there(decoder, Stage::kDenoise, {.cpu_decode = true}));
  EXPECT_TRUE(is_there(decoder, Stage::kDenoise, {}));
}

// docs/memory.md, "Execution options".
TEST(Networks, StreamTheirLayersAndWorkOnTheHostAsTheOptionsSay) {
  constexpr int kLayers = 7;
  const auto streamed = [](NetworkId network, const ExecutionOptions& execution) {
    return entry_of(network).streamed(execution, kLayers);
  };
  EXPECT_EQ(streamed(NetworkId::kTextEncoder, {.stream_encoder = true}), kLayers);
  EXPECT_EQ(streamed(NetworkId::kTextEncoder, {.stream_blocks = 3}), 0);
  EXPECT_EQ(streamed(NetworkId::kTransformer, {.stream_blocks = 3}), 3);
  EXPECT_EQ(streamed(NetworkId::kDecoder, {.stream_encoder = true, .stream_blocks = 3}), 0);
  for (const WorkStage& work : kWorkStages) {
    EXPECT_FALSE(works_on_host(work.stage, {.tile_latent = 8}));
    EXPECT_EQ(works_on_host(work.stage, {.cpu_decode = true}),
              work.stage == Stage::kEncodeImage || work.stage == Stage::kDecode);
  }
}

// Each option that a stage's own need may depend on belongs to one choice, packed weights to those
// of both networks that can be; the two evictions to none.
TEST(Choices, ShareTheRungsBetweenThem) {
  const ExecutionOptions all{true, true, true, 64, 3, true, 8, true, true};
  const ExecutionOptions prompt = execution_of(Choice::kPrompt, all);
  const ExecutionOptions steps = execution_of(Choice::kSteps, all);
  const ExecutionOptions pixels = execution_of(Choice::kPixels, all);
  EXPECT_EQ(prompt, (ExecutionOptions{.stream_encoder = true, .packed_weights = true}));
  EXPECT_EQ(steps, (ExecutionOptions{.sequential_guidance = true,
                                     .chunk_tokens = 64,
                                     .stream_blocks = 3,
                                     .packed_weights = true}));
  EXPECT_EQ(pixels, (ExecutionOptions{.tile_latent = 8, .cpu_decode = true}));
}

}  // namespace
}  // namespace headroom
