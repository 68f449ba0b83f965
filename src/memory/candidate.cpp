#include "headroom/memory/planner.h"

#include <algorithm>

namespace headroom {

bool LadderFloor::allows(const Rungs& rungs) const {
  const NetworkEntry& transformer = entry_of(NetworkId::kTransformer);
  return rungs.stream_blocks >= stream_blocks && (rungs.stream_encoder || !stream_encoder) &&
         !(encoder_for_prompt && entry_of(NetworkId::kTextEncoder).after(rungs)) &&
         !(transformer_for_steps && (transformer.before(rungs) || transformer.after(rungs))) &&
         !(vae_for_decode && entry_of(NetworkId::kDecoder).before(rungs));
}

std::int64_t Candidate::host_peak_bytes() const {
  std::int64_t peak = 0;
  for (const StageNeed& stage : stages) peak = std::max(peak, stage.host_bytes);
  return peak;
}

std::int64_t Candidate::in_use_peak_bytes() const {
  std::int64_t peak = 0;
  for (const StageNeed& stage : stages) peak = std::max(peak, stage.in_use.peak_bytes);
  return peak;
}

std::int64_t Candidate::small_peak_bytes() const {
  std::int64_t peak = 0;
  for (const StageNeed& stage : stages) peak = std::max(peak, stage.small.peak_bytes);
  return peak;
}

}  // namespace headroom
