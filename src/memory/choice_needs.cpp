#include "choice_needs.h"

#include <algorithm>

namespace headroom {
namespace {

// Adds another network's weights to a stage's need.
void add_weights(StageNeed& need, const HeldWeights& weights) {
  need.weights_bytes += weights.bytes;
  need.peak_bytes += weights.bytes;
  const auto add = [](StageNeed::Part& part, std::int64_t bytes) {
    part.weights_bytes += bytes;
    part.peak_bytes += bytes;
  };
  add(need.in_use, weights.in_use_bytes);
  add(need.small, weights.small_bytes);
}

}  // namespace

ChoiceNeeds needs_of(Choice choice, const ExecutionOptions& execution, const PlanSpace& space,
                     PlanCosts& costs) {
  ChoiceNeeds needs;
  for (const WorkStage& work : kWorkStages) {
    if (work.choice != choice || !space.stages.has(work.stage)) continue;
    needs.stages[index_of(work.stage)] = costs.need(work.stage, execution);
  }
  for (const NetworkEntry& network : kNetworks) {
    if (choice_of(first_stage(network)) != choice || !is_used(network, space.stages)) continue;
    needs.weights[index_of(network.network)] = costs.weights(network.network, execution);
  }
  return needs;
}

StageNeeds place(const ExecutionOptions& execution, const NeedsByChoice& needs,
                 const PlanSpace& space) {
  const auto of = [&](Choice choice) -> const ChoiceNeeds& {
    return *needs[static_cast<std::size_t>(choice)];
  };
  StageNeeds stages{};
  for (const WorkStage& work : kWorkStages) {
    if (!space.stages.has(work.stage)) continue;
    StageNeed& need = stages[index_of(work.stage)];
    need = of(work.choice).stages[index_of(work.stage)];
    for (const NetworkEntry& other : kNetworks) {
      if (other.stages.has(work.stage) || !is_there(other, work.stage, execution)) continue;
      add_weights(need, of(choice_of(first_stage(other))).weights[index_of(other.network)]);
    }
  }
  const StageNeed& first = stages[index_of(kWorkStages.front().stage)];
  add_weights(stages[index_of(Stage::kLoad)],
              {first.weights_bytes, first.in_use.weights_bytes, first.small.weights_bytes});
  std::fill_n(stages.begin(), index_of(space.from), StageNeed{});
  return stages;
}

// The two pools of a GPU's allocator peak separately: neither gives back to the other what a stage
// leaves in it.
std::int64_t largest_peak(const StageNeeds& stages) {
  std::int64_t small = 0;
  std::int64_t large = 0;
  for (const StageNeed& stage : stages) {
    small = std::max(small, stage.small.peak_bytes);
    large = std::max(large, stage.peak_bytes - stage.small.peak_bytes);
  }
  return small + large;
}

double stage_seconds(Stage stage, const ExecutionOptions& execution, const PlanSpace& space,
                     PlanCosts& costs) {
  return stage < space.from ? 0 : costs.seconds(stage, execution, space.files_are_cached);
}

double choice_seconds(Choice choice, const ExecutionOptions& execution, const PlanSpace& space,
                      PlanCosts& costs) {
  double seconds = 0;
  for (const WorkStage& work : kWorkStages) {
    if (work.choice == choice && space.stages.has(work.stage)) {
      seconds += stage_seconds(work.stage, execution, space, costs);
    }
  }
  return seconds;
}

}  // namespace headroom
