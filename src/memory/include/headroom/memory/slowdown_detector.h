#pragma once
#include "headroom/core/plan.h"
#include "headroom/core/run_shape.h"

#include <compare>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>

namespace headroom {

// Notices when a device becomes slower while it does the same work: a hot laptop that lowers its
// clock, a card that spills into host memory, another program. Looks at the seconds of denoising
// steps, compares only steps of like cost, and speaks of a slowness that stays. Not thread-safe.
class SlowdownDetector {
 public:
  // Steps are slow when their median is this many times the usual one.
  static constexpr double kSlower = 1.5;
  // And fast again, so that the next slowness is news, below this.
  static constexpr double kRecovered = 1.2;
  // The last steps count: at least so many, and as many as took this long, since what slows shorter
  // steps for a moment is the ordinary noise of a machine that does other things too.
  static constexpr std::size_t kSteps = 5;
  static constexpr double kSustained_s = 5;

  // Other programs are a likely cause when they took this much of the processor meanwhile.
  static constexpr double kOthersShare = 0.2;

  // Steps that should take equally long.
  struct Kind {
    RunShape shape;  // without its numbers of steps, which make no difference to one of them
    ExecutionOptions execution{};
    bool guided = false;
    friend auto operator<=>(const Kind&, const Kind&) = default;
  };
  struct Slowness {
    double times = 1;        // that steps take longer now
    bool by_others = false;  // other programs took part of the processor
  };
  // A step is done that took `seconds`, while other programs took `others_share` of the processor,
  // 0..1. Tells each slowness once; ignores what is not a positive number.
  std::optional<Slowness> add(const Kind& kind, double seconds, double others_share = 0);

 private:
  struct Series {
    struct Step {
      double seconds;
      double others_share;
    };
    std::deque<Step> steps;  // oldest first
    // The smallest median that the steps so far ever had: with a slow drift it is that of the
    // beginning. 0 = not known yet.
    double usual = 0;
    bool slow = false;  // already told
  };
  std::map<Kind, Series> series_;
};

}  // namespace headroom
