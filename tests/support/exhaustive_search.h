#pragma once
#include "headroom/memory/planner.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {

[[nodiscard]] inline int rung_count(const Rungs& r) {
  const bool used[] = {r.evict_encoder,    r.stream_encoder,    r.sequential_guidance,
                       r.chunk_tokens > 0, r.stream_blocks > 0, r.evict_transformer,
                       r.tile_latent > 0,  r.cpu_decode};
  return static_cast<int>(std::count(std::begin(used), std::end(used), true));
}

// What the planner says it takes, found by looking at everything.
using Rank = std::tuple<double, std::int64_t, int>;
[[nodiscard]] inline Rank by_time(const Candidate& c) {
  return {c.seconds, c.peak_bytes, rung_count(c.rungs)};
}
[[nodiscard]] inline Rank by_peak(const Candidate& c) {
  return {static_cast<double>(c.peak_bytes), static_cast<std::int64_t>(c.seconds * 1e6),
          rung_count(c.rungs)};
}

[[nodiscard]] inline const Candidate* exhaustive_fastest(const std::vector<Candidate>& all,
                                                         std::int64_t budget) {
  const Candidate* best = nullptr;
  for (const Candidate& c : all) {
    if (c.peak_bytes <= budget && (best == nullptr || by_time(c) < by_time(*best))) best = &c;
  }
  return best;
}
[[nodiscard]] inline const Candidate* exhaustive_leanest(const std::vector<Candidate>& all,
                                                         double limit) {
  const Candidate* best = nullptr;
  for (const Candidate& c : all) {
    if (c.seconds <= limit && (best == nullptr || by_peak(c) < by_peak(*best))) best = &c;
  }
  return best;
}

// The plan is what compose() makes of its rungs.
inline void expect_composed(const Candidate& plan, const PlanSpace& space, LadderCosts& costs) {
  const Candidate again = compose(plan.rungs, space, costs);
  EXPECT_EQ(plan.peak_bytes, again.peak_bytes);
  EXPECT_EQ(plan.seconds, again.seconds);
  for (std::size_t s = 0; s < kStageCount; ++s) {
    EXPECT_EQ(plan.stages[s].weights_bytes, again.stages[s].weights_bytes);
    EXPECT_EQ(plan.stages[s].peak_bytes, again.stages[s].peak_bytes);
  }
}

// Compares what fastest_plan() found within `budget`, without and with low_vram, with the best of
// `all`.
inline void expect_optimal(const PlanSpace& space, LadderCosts& costs,
                           const std::vector<Candidate>& all, std::int64_t budget,
                           const std::optional<Candidate>& fast,
                           const std::optional<Candidate>& lean) {
  const Candidate* const best = exhaustive_fastest(all, budget);
  ASSERT_EQ(fast.has_value(), best != nullptr) << budget;
  ASSERT_EQ(lean.has_value(), best != nullptr) << budget;
  if (best == nullptr) return;
  EXPECT_EQ(by_time(*fast), by_time(*best)) << budget;
  expect_composed(*fast, space, costs);
  EXPECT_EQ(by_peak(*lean), by_peak(*exhaustive_leanest(all, 2 * best->seconds))) << budget;
  EXPECT_LE(lean->peak_bytes, budget);
  expect_composed(*lean, space, costs);
}

}  // namespace headroom::test
