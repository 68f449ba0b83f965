#include "headroom/memory/workspace_terms.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace headroom {

std::int64_t WorkspaceTerm::of(std::int64_t operation_bytes) const {
  return constant_bytes +
         static_cast<std::int64_t>(std::ceil(factor * static_cast<double>(operation_bytes)));
}

WorkspaceTerm upper_envelope(std::span<const WorkspaceSample> samples) {
  const auto missing = [](const WorkspaceSample& s) {
    return std::max<std::int64_t>(s.missing_bytes, 0);
  };
  // The best line with constant and slope >= 0 is horizontal, passes through zero, or passes
  // through two samples: few enough to try them all.
  std::vector<double> slopes{0};
  for (const WorkspaceSample& a : samples) {
    if (a.operation_bytes > 0) {
      slopes.push_back(static_cast<double>(missing(a)) / static_cast<double>(a.operation_bytes));
    }
    for (const WorkspaceSample& b : samples) {
      if (b.operation_bytes > a.operation_bytes && missing(b) > missing(a)) {
        slopes.push_back(static_cast<double>(missing(b) - missing(a)) /
                         static_cast<double>(b.operation_bytes - a.operation_bytes));
      }
    }
  }
  WorkspaceTerm best;
  std::optional<double> least;
  for (const double slope : slopes) {
    WorkspaceTerm term{0, slope};  // with the smallest constant that covers every sample
    for (const WorkspaceSample& s : samples) {
      term.constant_bytes =
          std::max(term.constant_bytes, missing(s) - WorkspaceTerm{0, slope}.of(s.operation_bytes));
    }
    double excess = 0;
    for (const WorkspaceSample& s : samples) {
      excess += static_cast<double>(term.of(s.operation_bytes) - missing(s));
    }
    if (!least || excess < *least) {
      least = excess;
      best = term;
    }
  }
  return best;
}

}  // namespace headroom
