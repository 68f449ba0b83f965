#include "headroom/memory/plan_candidate.h"

#include "headroom/memory/plan_space.h"

#include "choice_needs.h"

#include <algorithm>

namespace headroom {

PlanCandidate compose(const ExecutionOptions& execution, const PlanSpace& space, PlanCosts& costs) {
  PlanCandidate candidate;
  candidate.execution = execution;
  const ChoiceNeeds prompt = needs_of(Choice::kPrompt, execution, space, costs);
  const ChoiceNeeds steps = needs_of(Choice::kSteps, execution, space, costs);
  const ChoiceNeeds pixels = needs_of(Choice::kPixels, execution, space, costs);
  candidate.stages = place(execution, {&prompt, &steps, &pixels}, space);
  candidate.peak_bytes = largest_peak(candidate.stages);
  candidate.seconds = total_seconds(stage_seconds(Stage::kLoad, execution, space, costs),
                                    choice_seconds(Choice::kPrompt, execution, space, costs),
                                    choice_seconds(Choice::kSteps, execution, space, costs),
                                    choice_seconds(Choice::kPixels, execution, space, costs),
                                    stage_seconds(Stage::kSave, execution, space, costs));
  return candidate;
}

std::int64_t PlanCandidate::host_peak_bytes() const {
  std::int64_t peak = 0;
  for (const StageNeed& stage : stages) peak = std::max(peak, stage.host_bytes);
  return peak;
}

std::int64_t PlanCandidate::in_use_peak_bytes() const {
  std::int64_t peak = 0;
  for (const StageNeed& stage : stages) peak = std::max(peak, stage.in_use.peak_bytes);
  return peak;
}

std::int64_t PlanCandidate::small_peak_bytes() const {
  std::int64_t peak = 0;
  for (const StageNeed& stage : stages) peak = std::max(peak, stage.small.peak_bytes);
  return peak;
}

}  // namespace headroom
