#include "headroom/core/plan.h"

namespace headroom {

std::vector<std::string> rung_names(const Rungs& rungs) {
  std::vector<std::string> names;
  if (rungs.evict_encoder) names.emplace_back("evict-encoder");
  if (rungs.stream_encoder) names.emplace_back("stream-encoder");
  if (rungs.sequential_guidance) names.emplace_back("sequential-guidance");
  if (rungs.chunk_tokens > 0) names.push_back("chunk-tokens:" + std::to_string(rungs.chunk_tokens));
  if (rungs.stream_blocks > 0)
    names.push_back("stream-blocks:" + std::to_string(rungs.stream_blocks));
  if (rungs.evict_transformer) names.emplace_back("evict-transformer");
  if (rungs.tile_latent > 0) names.push_back("tile-decode:" + std::to_string(rungs.tile_latent));
  if (rungs.cpu_decode) names.emplace_back("cpu-decode");
  if (names.empty()) names.emplace_back("resident");
  return names;
}

}  // namespace headroom
