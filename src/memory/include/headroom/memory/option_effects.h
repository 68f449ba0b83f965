#pragma once
#include "headroom/memory/candidate.h"

#include <vector>

namespace headroom {

// What each option of `plan` saves of its peak and costs in seconds, one by one; in the order of
// option_names(), nothing when all stays resident. Options that do for each other save
// nothing alone.
[[nodiscard]] std::vector<OptionEffect> option_effects(const Candidate& plan,
                                                       const PlanSpace& space, PlanCosts& costs);

}  // namespace headroom
