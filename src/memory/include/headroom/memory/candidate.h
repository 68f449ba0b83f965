#pragma once
#include "headroom/memory/plan_space.h"

#include <array>
#include <cstdint>

namespace headroom {

// One way to run, with what it needs.
struct Candidate {
  ExecutionOptions execution;
  std::array<StageNeed, kStageCount> stages{};  // weights of *all* networks that are resident then
  std::int64_t peak_bytes = 0;
  double seconds = 0;
  [[nodiscard]] std::int64_t host_peak_bytes() const;
  [[nodiscard]] std::int64_t in_use_peak_bytes() const;
  [[nodiscard]] std::int64_t small_peak_bytes() const;
};

// Adds to each stage's own need the networks of other stages that are resident then. `load` holds
// what is resident before encode runs, which is encode's weights alone: its peak is their sum.
// `save` holds nothing, it works on the host. The plan's peak is that of the stages, with the most
// that any of them has in the pool of small requests.
[[nodiscard]] Candidate compose(const ExecutionOptions& execution, const PlanSpace& space,
                                PlanCosts& costs);

}  // namespace headroom
