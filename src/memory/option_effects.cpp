#include "headroom/memory/option_effects.h"

#include "headroom/memory/plan_candidate.h"
#include "headroom/memory/plan_space.h"

namespace headroom {

std::vector<OptionEffect> option_effects(const PlanCandidate& plan, const PlanSpace& space,
                                         PlanCosts& costs) {
  std::vector<OptionEffect> effects;
  const auto consider = [&](auto ExecutionOptions::*option) {
    ExecutionOptions alone;
    alone.*option = plan.execution.*option;
    if (alone == ExecutionOptions{}) return;
    ExecutionOptions others = plan.execution;
    others.*option = {};
    const PlanCandidate without = compose(others, space, costs);
    effects.push_back({option_names(alone).front(), without.peak_bytes - plan.peak_bytes,
                       plan.seconds - without.seconds});
  };
  consider(&ExecutionOptions::evict_encoder);
  consider(&ExecutionOptions::stream_encoder);
  consider(&ExecutionOptions::sequential_guidance);
  consider(&ExecutionOptions::chunk_tokens);
  consider(&ExecutionOptions::stream_blocks);
  consider(&ExecutionOptions::evict_transformer);
  consider(&ExecutionOptions::tile_latent);
  consider(&ExecutionOptions::cpu_decode);
  consider(&ExecutionOptions::packed_weights);
  return effects;
}

}  // namespace headroom
