#include "headroom/memory/plan_space.h"

#include <algorithm>

namespace headroom {
namespace {

// Whether `network` is on the device only in stages that use it.
bool is_there_only_when_used(const NetworkEntry& network, const ExecutionOptions& execution) {
  return std::all_of(kWorkStages.begin(), kWorkStages.end(), [&](const WorkStage& work) {
    return network.stages.has(work.stage) || !is_there(network, work.stage, execution);
  });
}

}  // namespace

bool PlanFloor::allows(const ExecutionOptions& execution) const {
  return execution.stream_blocks >= stream_blocks &&
         (execution.stream_encoder || !stream_encoder) &&
         std::all_of(kNetworks.begin(), kNetworks.end(), [&](const NetworkEntry& network) {
           return !only_when_used.has(network.network) ||
                  is_there_only_when_used(network, execution);
         });
}

}  // namespace headroom
