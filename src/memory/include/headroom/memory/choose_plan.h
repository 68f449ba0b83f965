#pragma once
#include "headroom/memory/plan_candidate.h"
#include "headroom/memory/plan_space.h"
#include "headroom/memory/planner.h"

#include <cstdint>
#include <optional>

namespace headroom {

// The machine's own memory, which a plan uses in addition to the device's.
struct HostMemory {
  std::int64_t available_bytes = 0;  // what the machine can give without swapping
  bool holds_device = false;         // the device's memory is part of it: the CPU budget
};

// What a stage takes of the machine's own memory at its peak: what it holds there and, where the
// device's memory is part of it, that too. 0 for a stage that holds nothing there: then the
// device's budget says all.
[[nodiscard]] constexpr std::int64_t host_need(std::int64_t host_bytes, std::int64_t peak_bytes,
                                               const HostMemory& host) {
  return host_bytes == 0 ? 0 : host_bytes + (host.holds_device ? peak_bytes : 0);
}

// Like fastest_plan(), but within the machine's own memory too. What a plan holds there must fit.
// Weight files that every step reads again should stay in the page cache: read from the disk, a
// step takes many times as long, and a plan that fills the machine's memory pushes its own files
// out of the cache. They are read from the disk only when no plan leaves room for them. `space` is
// narrowed to the result: ways to decode that do not fit are removed, and files_are_cached is set.
// Without `host` nothing is known about the machine's memory, and it is taken to be enough.
[[nodiscard]] std::optional<PlanCandidate> choose_plan(PlanSpace& space, PlanCosts& costs,
                                                       std::int64_t budget_bytes,
                                                       const std::optional<HostMemory>& host,
                                                       bool low_vram = false);

// The plan to name when choose_plan() finds none in all of `space`. If plans fit on the device, the
// machine's memory is too small, and it is the one of them that needs least of that. If none fits
// on the device, it is the smallest plan.
[[nodiscard]] PlanCandidate closest_plan(const PlanSpace& space, PlanCosts& costs,
                                         std::int64_t budget_bytes,
                                         const std::optional<HostMemory>& host);

// What choose_plan() keeps for the program itself, when `available_bytes` are there.
[[nodiscard]] std::int64_t host_margin(std::int64_t available_bytes);

// Bytes that each step of the plan reads from the weight files.
[[nodiscard]] std::int64_t page_cache_bytes(const ExecutionOptions& execution,
                                            const PlanSpace& space);

}  // namespace headroom
