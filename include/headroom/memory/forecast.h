#pragma once
#include "headroom/core/memory_snapshot.h"
#include "headroom/core/plan.h"
#include "headroom/core/run_shape.h"
#include "headroom/core/size.h"
#include "headroom/memory/frontier.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>

namespace headroom {

// Limits that a person sets on memory.
struct BudgetOptions {
  std::optional<std::int64_t> vram_cap_bytes;  // --vram-cap
  std::optional<std::int64_t> reserve_bytes;   // default: default_reserve()
};

// What is kept free on a device of `total_bytes` unless a person says otherwise: 256 MiB or 3 %,
// whichever is more, but at most a tenth of a small device. 512 MiB on a card of which it is not
// known yet what CUDA's libraries take of it.
[[nodiscard]] std::int64_t default_reserve(std::int64_t total_bytes, bool overhead_is_known = true);

// What a run may use, and what it was made from:
//   total - reserved_by_driver - others - kept_free, and then at most the cap.
struct Budget {
  std::int64_t total_bytes = 0;
  std::int64_t free_bytes = 0;    // free now, without what we hold ourselves
  std::int64_t budget_bytes = 0;  // may be <= 0 when others hold everything
  std::string source;
  std::int64_t reserved_by_driver_bytes = 0;
  std::int64_t others_bytes = 0;  // what other programs hold, and what else is not given to us
  std::int64_t kept_free_bytes = 0;
  std::optional<std::int64_t> cap_bytes{};
  [[nodiscard]] std::int64_t uncapped_bytes() const {
    return total_bytes - reserved_by_driver_bytes - others_bytes - kept_free_bytes;
  }
};

// min(cap, free now + what we hold and can give back - reserve). GOVERNOR: own resident and cached
// bytes are reclaimable.
[[nodiscard]] Budget compute_budget(const MemorySnapshot& snapshot, const BudgetOptions& options);

// Which term of a budget decides that a need does not fit: the one that alone would let it through.
enum class Obstacle {
  kNone,              // it fits
  kCap,               // nothing else helps before the cap is lifted
  kOthers,            // without other programs it would fit
  kReserve,           // without what is kept free it would fit
  kOthersAndReserve,  // without both
  kDevice             // the device is too small for it
};
[[nodiscard]] Obstacle obstacle_of(std::int64_t need_bytes, const Budget& budget);

// What to do about it, in English: "raise --vram-cap (10 MB now)". Empty for kNone.
[[nodiscard]] Message way_out(Obstacle obstacle, const Budget& budget);

// The answer to "what would happen": drawn on preset cards, printed by `plan`.
struct Forecast {
  Budget budget;
  Plan plan;     // the plan that would run, or, when nothing fits, the one that comes closest
  Rungs ladder;  // what `plan` does, for the pipeline
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
  // Only plans that are clearly faster than these rungs come into question.
  std::optional<Rungs> faster_than{};
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
  virtual bool learn(const Receipt& receipt) = 0;
};

}  // namespace headroom
