#pragma once
#include "headroom/memory/plan_space.h"

#include <array>
#include <cstdint>

namespace headroom {

using StageNeeds = std::array<StageNeed, kStageCount>;  // indexed by Stage

// What the stages of one choice need, each alone, and what their networks hold; entries of other
// choices are empty.
struct ChoiceNeeds {
  StageNeeds stages{};
  std::array<HeldWeights, kNetworks.size()> weights{};  // indexed by NetworkId
};
[[nodiscard]] ChoiceNeeds needs_of(Choice choice, const ExecutionOptions& execution,
                                   const PlanSpace& space, PlanCosts& costs);

using NeedsByChoice = std::array<const ChoiceNeeds*, kChoiceCount>;  // indexed by Choice

// The needs of the stages from `space.from` on with the networks that are resident beside theirs.
[[nodiscard]] StageNeeds place(const ExecutionOptions& execution, const NeedsByChoice& needs,
                               const PlanSpace& space);
// The most that a run of these stages takes.
[[nodiscard]] std::int64_t largest_peak(const StageNeeds& stages);

// Seconds of a stage; 0 when it is over.
[[nodiscard]] double stage_seconds(Stage stage, const ExecutionOptions& execution,
                                   const PlanSpace& space, PlanCosts& costs);
// Seconds of the stages of one choice.
[[nodiscard]] double choice_seconds(Choice choice, const ExecutionOptions& execution,
                                    const PlanSpace& space, PlanCosts& costs);
// Always adds in this order, so that equal parts give equal sums, and smaller parts no larger
// ones.
[[nodiscard]] constexpr double total_seconds(double load, double prompt, double steps,
                                             double pixels, double save) {
  return load + prompt + steps + pixels + save;
}

}  // namespace headroom
