#include "headroom/memory/candidate.h"

#include "headroom/memory/plan_space.h"

#include <algorithm>

namespace headroom {

bool PlanFloor::allows(const ExecutionOptions& execution) const {
  const NetworkEntry& transformer = entry_of(NetworkId::kTransformer);
  return execution.stream_blocks >= stream_blocks &&
         (execution.stream_encoder || !stream_encoder) &&
         !(encoder_for_prompt && entry_of(NetworkId::kTextEncoder).after(execution)) &&
         !(transformer_for_steps &&
           (transformer.before(execution) || transformer.after(execution))) &&
         !(vae_for_decode && entry_of(NetworkId::kDecoder).before(execution));
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
