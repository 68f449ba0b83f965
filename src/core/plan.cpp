#include "headroom/core/plan.h"

#include <algorithm>
#include <charconv>

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

std::optional<Rungs> read_rung_names(const std::vector<std::string>& names) {
  Rungs rungs;
  for (const std::string& name : names) {
    const std::size_t colon = name.find(':');
    const std::string_view word = std::string_view(name).substr(0, colon);
    int number = 0;
    if (colon != std::string::npos) {
      const char* const end = name.data() + name.size();
      const auto parsed = std::from_chars(name.data() + colon + 1, end, number);
      if (parsed.ec != std::errc() || parsed.ptr != end || number <= 0) return std::nullopt;
    }
    const bool plain = colon == std::string::npos;
    if (word == "evict-encoder" && plain) {
      rungs.evict_encoder = true;
    } else if (word == "stream-encoder" && plain) {
      rungs.stream_encoder = true;
    } else if (word == "sequential-guidance" && plain) {
      rungs.sequential_guidance = true;
    } else if (word == "evict-transformer" && plain) {
      rungs.evict_transformer = true;
    } else if (word == "cpu-decode" && plain) {
      rungs.cpu_decode = true;
    } else if (word == "chunk-tokens" && !plain) {
      rungs.chunk_tokens = number;
    } else if (word == "stream-blocks" && !plain) {
      rungs.stream_blocks = number;
    } else if (word == "tile-decode" && !plain) {
      rungs.tile_latent = number;
    } else if (word != "resident" || !plain) {
      return std::nullopt;
    }
  }
  return rungs;
}

const StagePlan* find_stage(const Plan& plan, Stage stage) {
  const auto found = std::find_if(plan.stages.begin(), plan.stages.end(),
                                  [&](const StagePlan& part) { return part.stage == stage; });
  return found != plan.stages.end() ? &*found : nullptr;
}

}  // namespace headroom
