#include "headroom/memory/planner.h"

#include <algorithm>

namespace headroom {

bool LadderFloor::allows(const Rungs& rungs) const {
  const Residency stays = residency(rungs);
  return rungs.stream_blocks >= stream_blocks && (rungs.stream_encoder || !stream_encoder) &&
         !(encoder_for_prompt && stays.text_encoder_after_encode) &&
         !(transformer_for_steps && (stays.transformer_in_encode || stays.transformer_in_decode)) &&
         !(vae_for_decode && stays.vae_before_decode);
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
