#pragma once
#include "headroom/memory/plan_space.h"

#include <array>
#include <cstdint>

namespace headroom {

// One way to run, with its needs.
struct PlanCandidate {
  ExecutionOptions execution;
  std::array<StageNeed, kStageCount> stages{};  // weights of *all* networks resident in that stage
  std::int64_t peak_bytes = 0;
  double seconds = 0;
  [[nodiscard]] std::int64_t host_peak_bytes() const;
  [[nodiscard]] std::int64_t in_use_peak_bytes() const;
  [[nodiscard]] std::int64_t small_peak_bytes() const;
};

// Adds to each stage's own need the networks of other stages that are resident at that time.
// `load` holds what is resident before encode runs, which is only encode's weights: its peak is
// their sum. `save` holds nothing, since it works on the host. The plan's peak is the largest one
// of its stages, where the pool of small requests counts with its own largest size.
[[nodiscard]] PlanCandidate compose(const ExecutionOptions& execution, const PlanSpace& space,
                                    PlanCosts& costs);

}  // namespace headroom
