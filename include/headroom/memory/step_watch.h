#pragma once
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>

namespace headroom {

// Notices when a device becomes slower while it does the same work: a hot laptop that lowers its
// clock, a card that spills into host memory, another program. Looks at the seconds of denoising
// steps, compares only steps of like cost, and speaks of a slowness that stays. Not thread-safe.
class StepWatch {
 public:
  // Steps are slow when their median is this many times the usual one.
  static constexpr double kSlower = 1.5;
  // And fast again, so that the next slowness is news, below this.
  static constexpr double kRecovered = 1.2;
  // The last steps count: at least so many, and as many as took this long, since what slows shorter
  // steps for a moment is the ordinary noise of a machine that does other things too.
  static constexpr std::size_t kSteps = 5;
  static constexpr double kSustained_s = 5;

  // A step is done that took `seconds`. `kind` is equal for steps that should take equally long.
  // Returns how many times longer steps take now, once for each slowness; ignores what is not a
  // positive number.
  std::optional<double> add(const std::string& kind, double seconds);

 private:
  struct Series {
    std::deque<double> steps;  // oldest first
    // The smallest median that the steps so far ever had: with a slow drift it is that of the
    // beginning. 0 = not known yet.
    double usual = 0;
    bool slow = false;  // already told
  };
  std::map<std::string, Series> series_;
};

}  // namespace headroom
