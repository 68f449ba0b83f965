#include "headroom/memory/planner.h"

namespace headroom {

std::vector<RungEffect> rung_effects(const Candidate& plan, const PlanSpace& space,
                                     LadderCosts& costs) {
  std::vector<RungEffect> effects;
  const auto consider = [&](auto Rungs::*rung) {
    Rungs alone;
    alone.*rung = plan.rungs.*rung;
    if (alone == Rungs{}) return;
    Rungs others = plan.rungs;
    others.*rung = {};
    const Candidate without = compose(others, space, costs);
    effects.push_back({rung_names(alone).front(), without.peak_bytes - plan.peak_bytes,
                       plan.seconds - without.seconds});
  };
  consider(&Rungs::evict_encoder);
  consider(&Rungs::stream_encoder);
  consider(&Rungs::sequential_guidance);
  consider(&Rungs::chunk_tokens);
  consider(&Rungs::stream_blocks);
  consider(&Rungs::evict_transformer);
  consider(&Rungs::tile_latent);
  consider(&Rungs::cpu_decode);
  return effects;
}

}  // namespace headroom
