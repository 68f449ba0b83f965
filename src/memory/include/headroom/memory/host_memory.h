#pragma once
#include "headroom/memory/candidate.h"
#include "headroom/memory/plan_space.h"
#include "headroom/memory/planner.h"

#include <cstdint>
#include <optional>

namespace headroom {

// The machine's own memory, which a plan takes beside the device's.
struct HostMemory {
  std::int64_t available_bytes = 0;  // that it can give without swapping
  bool holds_device = false;         // the device's memory is part of it: the CPU budget
};

// As fastest_plan(), within the machine's own memory too. What a plan holds there must fit. Weight
// files that every step reads again shall stay in the page cache: read from the disk a step takes
// many times as long, and a plan that fills the machine pushes its own files out. Only when no plan
// leaves them room are they read from the disk. `space` is narrowed to that: ways to decode that
// the machine's memory leaves, and whether files are cached. Without `host` nothing is known of it,
// and it is taken to be enough.
[[nodiscard]] std::optional<Candidate> choose_plan(PlanSpace& space, PlanCosts& costs,
                                                   std::int64_t budget_bytes,
                                                   const std::optional<HostMemory>& host,
                                                   bool low_vram = false);

// What to name where choose_plan() finds nothing, by all of `space`: of the plans that the device
// has room for one that wants least of the machine's memory, which is then what lacks; where there
// is none, the smallest plan.
[[nodiscard]] Candidate closest_plan(const PlanSpace& space, PlanCosts& costs,
                                     std::int64_t budget_bytes,
                                     const std::optional<HostMemory>& host);

// What choose_plan() leaves to the program itself, of so much memory.
[[nodiscard]] std::int64_t host_margin(std::int64_t available_bytes);

// What a step of the plan reads of the weight files.
[[nodiscard]] std::int64_t page_cache_bytes(const ExecutionOptions& execution,
                                            const PlanSpace& space);

}  // namespace headroom
