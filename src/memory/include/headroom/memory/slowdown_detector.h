#pragma once
#include "headroom/core/plan.h"
#include "headroom/core/run_shape.h"

#include <compare>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>

namespace headroom {

// Notices when a device becomes slower at the same work: a hot laptop that lowers its clock, a GPU
// that spills into host memory, another program. Watches the seconds of denoising steps, compares
// only steps that should take equally long, and reports a slowness only if it lasts. Not
// thread-safe.
class SlowdownDetector {
 public:
  // Steps are slow when their median is this many times the usual one.
  static constexpr double kSlower = 1.5;
  // They count as fast again below this; only then the next slowness is reported.
  static constexpr double kRecovered = 1.2;
  // How many of the last steps the median is taken of: at least this many, and enough to cover
  // kSeconds, since short steps are slowed for moments by other work of the machine.
  static constexpr std::size_t kSteps = 5;
  static constexpr double kSustained_s = 5;

  // Other programs are named as the likely cause when they used this share of the CPU meanwhile.
  static constexpr double kOthersShare = 0.2;

  // Steps that should take equally long.
  struct Kind {
    RunShape shape;  // its numbers of steps are ignored, since one step does not depend on them
    ExecutionOptions execution{};
    bool guided = false;
    friend auto operator<=>(const Kind&, const Kind&) = default;
  };
  struct Slowness {
    double times = 1;        // how many times as long steps take now
    bool by_others = false;  // other programs used part of the CPU
  };
  // Adds a finished step that took `seconds`, while other programs used `others_share` of the CPU,
  // 0..1. Returns each slowness once; ignores values that are not positive numbers.
  std::optional<Slowness> add(const Kind& kind, double seconds, double others_share = 0);

 private:
  struct Series {
    struct Step {
      double seconds;
      double others_share;
    };
    std::deque<Step> steps;  // oldest first
    // The smallest median so far: when steps slow down gradually it is that of the beginning. 0 =
    // not known yet.
    double usual = 0;
    bool slow = false;  // already reported
  };
  std::map<Kind, Series> series_;
};

}  // namespace headroom
