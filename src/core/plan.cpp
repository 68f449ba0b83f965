#include "headroom/core/plan.h"

#include <algorithm>
#include <charconv>

namespace headroom {

std::vector<std::string> option_names(const ExecutionOptions& execution) {
  std::vector<std::string> names;
  if (execution.evict_encoder) names.emplace_back("evict-encoder");
  if (execution.stream_encoder) names.emplace_back("stream-encoder");
  if (execution.sequential_guidance) names.emplace_back("sequential-guidance");
  if (execution.chunk_tokens > 0)
    names.push_back("chunk-tokens:" + std::to_string(execution.chunk_tokens));
  if (execution.stream_blocks > 0)
    names.push_back("stream-blocks:" + std::to_string(execution.stream_blocks));
  if (execution.evict_transformer) names.emplace_back("evict-transformer");
  if (execution.tile_latent > 0)
    names.push_back("tile-decode:" + std::to_string(execution.tile_latent));
  if (execution.cpu_decode) names.emplace_back("cpu-decode");
  if (execution.packed_weights) names.emplace_back("packed-weights");
  if (names.empty()) names.emplace_back("resident");
  return names;
}

std::optional<ExecutionOptions> read_option_names(const std::vector<std::string>& names) {
  ExecutionOptions execution;
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
      execution.evict_encoder = true;
    } else if (word == "stream-encoder" && plain) {
      execution.stream_encoder = true;
    } else if (word == "sequential-guidance" && plain) {
      execution.sequential_guidance = true;
    } else if (word == "evict-transformer" && plain) {
      execution.evict_transformer = true;
    } else if (word == "cpu-decode" && plain) {
      execution.cpu_decode = true;
    } else if (word == "packed-weights" && plain) {
      execution.packed_weights = true;
    } else if (word == "chunk-tokens" && !plain) {
      execution.chunk_tokens = number;
    } else if (word == "stream-blocks" && !plain) {
      execution.stream_blocks = number;
    } else if (word == "tile-decode" && !plain) {
      execution.tile_latent = number;
    } else if (word != "resident" || !plain) {
      return std::nullopt;
    }
  }
  return execution;
}

const StagePlan* find_stage(const Plan& plan, Stage stage) {
  const auto found = std::find_if(plan.stages.begin(), plan.stages.end(),
                                  [&](const StagePlan& part) { return part.stage == stage; });
  return found != plan.stages.end() ? &*found : nullptr;
}

}  // namespace headroom
