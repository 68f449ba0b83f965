#pragma once
#include "headroom/core/plan.h"
#include "headroom/core/size.h"
#include "headroom/memory/choose_plan.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace headroom {

// What one size needs, and whether it fits.
struct FrontierCell {
  enum class State { kFits, kFitsSlower, kNo };
  int width = 0;
  int height = 0;
  State state = State::kNo;
  std::int64_t peak_bytes = 0;       // of the plan that would run or that comes closest
  ExecutionOptions execution;        // of that plan
  std::int64_t shortfall_bytes = 0;  // > 0 with kNo, else 0
};

// A plan that takes up to this many times the seconds of the resident plan still counts as kFits.
// What people mind is the time, not the option: evict-encoder may cost nothing and the copies of
// stream-blocks:20 may overlap with computation, or either may double the time.
inline constexpr double kSlowerThanResident = 1.05;

// The plan that choose_plan() finds for `size`, or the smallest one when none fits.
[[nodiscard]] FrontierCell judge_size(Size size, PlanSpace space, PlanCosts& costs,
                                      std::int64_t budget_bytes,
                                      const std::optional<HostMemory>& host = {},
                                      bool low_vram = false);

// A table of which sizes fit: all multiples of `step` up to `max` in both sides.
struct Frontier {
  int step = 0;
  int max = 0;
  std::vector<FrontierCell> cells;  // by height, then by width
  // The largest square up to which all squares are kFits, ignoring those below the smallest
  // preset, 512 px: copies that take extra time in a small picture may be hidden by the
  // computation of a larger one, so that a larger square may be kFits again.
  std::optional<Size> critical_point;
  // The cell of `size`, or null when it is not in the table.
  [[nodiscard]] const FrontierCell* find(Size size) const;
};

// Asks `evaluate` once for every size, smaller ones first, and makes the answer monotone: a size
// is offered only if all that are smaller or equal in both sides are offered too. An allocator's
// rounding may make a smaller size need a little more than a larger one. Then the larger one is
// refused too: offering the smaller one would promise what does not fit, while refusing the larger
// one only leaves something out. A size that is refused for that reason keeps its own peak and
// options, and has the shortfall of the smaller size that caused it. kFits and kFitsSlower are not
// made monotone, since both do fit. Throws Error(kInvalidRequest) unless 0 < step <= max.
[[nodiscard]] Frontier compute_frontier(int step, int max,
                                        const std::function<FrontierCell(Size)>& evaluate);

}  // namespace headroom
