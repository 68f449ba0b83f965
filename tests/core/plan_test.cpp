#include "headroom/core/plan.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(OptionNames, ComeBackAsTheRungs) {
  const ExecutionOptions all{.evict_encoder = true,
                             .stream_encoder = true,
                             .sequential_guidance = true,
                             .chunk_tokens = 256,
                             .stream_blocks = 12,
                             .evict_transformer = true,
                             .tile_latent = 32,
                             .cpu_decode = true,
                             .packed_weights = true};
  EXPECT_EQ(read_option_names(option_names(all)), all);
  EXPECT_EQ(read_option_names(option_names({})), ExecutionOptions{});
  for (const ExecutionOptions& execution :
       {ExecutionOptions{.evict_encoder = true}, ExecutionOptions{.stream_encoder = true},
        ExecutionOptions{.sequential_guidance = true}, ExecutionOptions{.chunk_tokens = 1},
        ExecutionOptions{.stream_blocks = 1}, ExecutionOptions{.evict_transformer = true},
        ExecutionOptions{.tile_latent = 2}, ExecutionOptions{.cpu_decode = true},
        ExecutionOptions{.packed_weights = true}}) {
    EXPECT_EQ(read_option_names(option_names(execution)), execution)
        << option_names(execution).front();
  }
}

TEST(OptionNames, RefusesWhatIsNoRung) {
  for (const char* const name :
       {"", "residents", "chunk-tokens", "chunk-tokens:", "chunk-tokens:x", "chunk-tokens:0",
        "chunk-tokens:-1", "chunk-tokens:1x", "chunk-tokens:99999999999", "cpu-decode:1",
        "packed-weights:1", "resident:1"}) {
    EXPECT_FALSE(read_option_names({name})) << name;
  }
}

}  // namespace
}  // namespace headroom
