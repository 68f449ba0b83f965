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

// The answer to "what would happen": drawn on preset cards, printed by `plan`.
struct Forecast {
  Budget budget;
  Plan plan;  // the plan that would run, or, when nothing fits, the one that comes closest
  ExecutionOptions execution;  // what `plan` does, for the pipeline
  bool fits = false;
  // Its predicted seconds over those with everything resident; what counts as slow is said by
  // kSlowerThanResident.
  double slowdown = 1;
  std::int64_t shortfall_bytes = 0;  // > 0 when !fits
  std::optional<Size> suggestion;    // a size that fits, when this one does not
  Message reason;                    // one sentence when !fits: what is missing and what would fit
};

// What is left of a run that has begun and needs another plan.
struct RunLeft {
  Stage from = Stage::kLoad;  // the stage to go on with: earlier ones need nothing any more
  int steps = 0;              // denoising steps that are left
  // Plans that need this much or more do not come into question: they failed.
  std::int64_t below_bytes = std::numeric_limits<std::int64_t>::max();
  // Only plans that are clearly faster than these options come into question.
  std::optional<ExecutionOptions> faster_than{};
};

// Predicts runs for one model on one device. Thread-safe; a new shape costs milliseconds, a known
// one microseconds.
class Forecaster {
 public:
  virtual ~Forecaster() = default;
  // Of `count` pictures of a shape that a valid request has (see validate()).
  [[nodiscard]] virtual Forecast forecast(const RunShape& shape, int count,
                                          const MemorySnapshot& snapshot) = 0;
  // The plan for what is left of such a run. When nothing fits, the smallest plan there is, without
  // a suggestion.
  [[nodiscard]] virtual Forecast replan(const RunShape& shape, int count,
                                        const MemorySnapshot& snapshot, const RunLeft& left) = 0;
  // Which sizes fit, for runs that are otherwise like `shape`: multiples of `step` up to `max`.
  // `between` is called before each size and ends the work by throwing.
  [[nodiscard]] virtual Frontier frontier(const RunShape& shape, const MemorySnapshot& snapshot,
                                          int step, int max,
                                          const std::function<void()>& between = {}) = 0;
  // Predicted seconds follow from finished runs: tells how long one took. False when it was of
  // another model, device, number format or number of threads: then nothing is learnt.
  virtual bool learn(const RunRecord& run_record) = 0;
};

}  // namespace headroom
