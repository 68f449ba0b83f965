#pragma once
#include "headroom/memory/plan_candidate.h"

#include <vector>

namespace headroom {

// What each option of `plan` saves of its peak and costs in seconds, one by one, in the order of
// option_names(). Empty when everything stays resident. Each option is removed alone, so two
// options that both cover the same peak seem to save nothing.
[[nodiscard]] std::vector<OptionEffect> option_effects(const PlanCandidate& plan,
                                                       const PlanSpace& space, PlanCosts& costs);

}  // namespace headroom
