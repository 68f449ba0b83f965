#pragma once
#include "headroom/core/memory_snapshot.h"
#include "headroom/core/run_record.h"
#include "headroom/core/run_shape.h"
#include "headroom/core/size.h"
#include "headroom/memory/budget.h"
#include "headroom/memory/frontier.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>

namespace headroom {

// What a run would need: drawn on preset cards, printed by `headroom plan`.
struct Forecast {
  Budget budget;
  Plan plan;  // the plan that would run or, when none fits, the one that comes closest
  ExecutionOptions execution;  // the same plan's options, for the pipeline
  bool fits = false;
  // Its predicted seconds divided by those with everything resident. kSlowerThanResident says what
  // counts as slow.
  double slowdown = 1;
  std::int64_t shortfall_bytes = 0;  // > 0 when !fits
  std::optional<Size> suggestion;    // a size that fits, when this one does not
  Message reason;                    // one sentence when !fits: what is missing and what would help
};

// The rest of a run that has begun and needs another plan.
struct RunLeft {
  Stage from = Stage::kLoad;  // the stage to continue with; earlier stages are over
  int steps = 0;              // denoising steps that are left
  // Only plans that need less than this are considered, since a plan with this peak failed.
  std::int64_t below_bytes = std::numeric_limits<std::int64_t>::max();
  // Only plans that are clearly faster than these options are considered.
  std::optional<ExecutionOptions> faster_than{};
};

// Predicts runs of one model on one device. Thread-safe. A new shape takes milliseconds, a known
// one microseconds.
class Forecaster {
 public:
  virtual ~Forecaster() = default;
  // Predicts a run of `count` pictures. `shape` must come from a valid request (see validate()).
  [[nodiscard]] virtual Forecast forecast(const RunShape& shape, int count,
                                          const MemorySnapshot& snapshot) = 0;
  // The plan for the rest of such a run. When none fits, the plan with the smallest peak, without
  // a suggestion.
  [[nodiscard]] virtual Forecast replan(const RunShape& shape, int count,
                                        const MemorySnapshot& snapshot, const RunLeft& left) = 0;
  // Which sizes fit, for runs that are otherwise like `shape`: multiples of `step` up to `max`.
  // `between` is called before each size; it may throw to end the work.
  [[nodiscard]] virtual Frontier frontier(const RunShape& shape, const MemorySnapshot& snapshot,
                                          int step, int max,
                                          const std::function<void()>& between = {}) = 0;
  // Learns from a finished run how long its stages take. Returns false, and learns nothing, when
  // it was a run of another model, device, number format or number of threads.
  virtual bool learn(const RunRecord& run_record) = 0;
};

}  // namespace headroom
