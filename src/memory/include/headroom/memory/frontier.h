#pragma once
#include "headroom/core/plan.h"
#include "headroom/core/size.h"
#include "headroom/memory/host_memory.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace headroom {

// What one size needs, and whether it may be offered.
struct FrontierCell {
  enum class State { kFits, kFitsSlower, kNo };
  int width = 0;
  int height = 0;
  State state = State::kNo;
  std::int64_t peak_bytes = 0;       // of the plan that would run, or that comes closest
  ExecutionOptions execution;        // of that plan
  std::int64_t shortfall_bytes = 0;  // > 0 with kNo, else 0
};

// A plan that takes up to this many times the seconds of the resident one still counts as kFits.
// What a person minds is the time, not the option: evict-encoder may cost nothing and
// stream-blocks:20 may hide behind the arithmetic, or either may double the time.
inline constexpr double kSlowerThanResident = 1.05;

// The plan that choose_plan() finds for `size`, or the smallest one when none fits.
[[nodiscard]] FrontierCell judge_size(Size size, PlanSpace space, PlanCosts& costs,
                                      std::int64_t budget_bytes,
                                      const std::optional<HostMemory>& host = {},
                                      bool low_vram = false);

// Which sizes fit: all multiples of `step` up to `max` in both sides.
struct Frontier {
  int step = 0;
  int max = 0;
  std::vector<FrontierCell> cells;  // by height, then by width
  // The largest square up to which squares are kFits; those below the smallest preset, 512 px, do
  // not count against it. Copies that show in a small picture may hide in a larger one, so that it
  // alone may be kFits again.
  std::optional<Size> critical_point;
  // The cell of `size`, or null when it is not in the table.
  [[nodiscard]] const FrontierCell* find(Size size) const;
};

// Asks `evaluate` once for every size, smaller ones first, and makes the answer monotone: a size is
// offered only if all that are smaller or equal in both sides are offered too. An allocator's
// rounding may make a smaller size need a little more than a larger one. Then one of them must give
// way, and it is the larger: to offer the smaller one would promise what does not fit, to refuse
// the larger only leaves something out. A size that is refused for that reason keeps its own peak
// and options and is as short as the smaller size that stands in its way. kFits and kFitsSlower are
// not smoothed: both are kept promises. Throws Error(kInvalidRequest) unless 0 < step <= max.
[[nodiscard]] Frontier compute_frontier(int step, int max,
                                        const std::function<FrontierCell(Size)>& evaluate);

}  // namespace headroom
