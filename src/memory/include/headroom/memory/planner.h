#pragma once
#include "headroom/memory/plan_candidate.h"

#include <cstdint>
#include <optional>

namespace headroom {

// The candidate with the least predicted seconds whose peak is at most `budget_bytes`; of equals
// the one with the smaller peak, then with fewer options. With `low_vram`, instead, the one with
// the least peak of those that take at most twice the fastest one's seconds. Nothing when none
// fits. Tiles are not combined with a decoder on the CPU, where they would save no device memory;
// of all other combinations that the floor allows, none is better.
[[nodiscard]] std::optional<PlanCandidate> fastest_plan(const PlanSpace& space, PlanCosts& costs,
                                                        std::int64_t budget_bytes,
                                                        bool low_vram = false);

// The candidate with the smallest peak, of equals the fastest: what to name when nothing fits.
[[nodiscard]] PlanCandidate smallest_plan(const PlanSpace& space, PlanCosts& costs);

}  // namespace headroom
