#include "headroom/core/plan.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(RungNames, ComeBackAsTheRungs) {
  const Rungs all{.evict_encoder = true,
                  .stream_encoder = true,
                  .sequential_guidance = true,
                  .chunk_tokens = 256,
                  .stream_blocks = 12,
                  .evict_transformer = true,
                  .tile_latent = 32,
                  .cpu_decode = true};
  EXPECT_EQ(read_rung_names(rung_names(all)), all);
  EXPECT_EQ(read_rung_names(rung_names({})), Rungs{});
  for (const Rungs& rungs :
       {Rungs{.evict_encoder = true}, Rungs{.stream_encoder = true},
        Rungs{.sequential_guidance = true}, Rungs{.chunk_tokens = 1}, Rungs{.stream_blocks = 1},
        Rungs{.evict_transformer = true}, Rungs{.tile_latent = 2}, Rungs{.cpu_decode = true}}) {
    EXPECT_EQ(read_rung_names(rung_names(rungs)), rungs) << rung_names(rungs).front();
  }
}

TEST(RungNames, RefusesWhatIsNoRung) {
  for (const char* const name : {"", "residents", "chunk-tokens", "chunk-tokens:", "chunk-tokens:x",
                                 "chunk-tokens:0", "chunk-tokens:-1", "chunk-tokens:1x",
                                 "chunk-tokens:99999999999", "cpu-decode:1", "resident:1"}) {
    EXPECT_FALSE(read_rung_names({name})) << name;
  }
}

}  // namespace
}  // namespace headroom
