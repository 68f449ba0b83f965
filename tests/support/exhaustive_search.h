#pragma once
#include "headroom/memory/plan_candidate.h"
#include "headroom/memory/plan_space.h"
#include "headroom/memory/planner.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {

// Every combination of options that the floor allows, thousands, enumerated independently of the
// planner. Tiles are not combined with a decoder on the CPU, where they would save no device
// memory.
[[nodiscard]] inline std::vector<PlanCandidate> all_plans(const PlanSpace& space,
                                                          PlanCosts& costs) {
  std::vector<int> chunks{0};
  chunks.insert(chunks.end(), space.chunk_sizes.begin(), space.chunk_sizes.end());
  std::vector<ExecutionOptions> decodes{{}};
  for (const int tile : space.tile_sizes) decodes.push_back({.tile_latent = tile});
  if (space.can_decode_on_cpu) decodes.push_back({.cpu_decode = true});
  std::vector<PlanCandidate> all;
  const auto add = [&](const ExecutionOptions& execution) {
    if (space.floor.allows(execution)) all.push_back(compose(execution, space, costs));
  };
  for (int switches = 0; switches < 32; ++switches) {
    ExecutionOptions execution{.evict_encoder = (switches & 1) != 0,
                               .stream_encoder = (switches & 2) != 0,
                               .sequential_guidance = (switches & 4) != 0,
                               .evict_transformer = (switches & 8) != 0,
                               .packed_weights = (switches & 16) != 0};
    if (execution.sequential_guidance && !space.guided) continue;
    if (execution.packed_weights && !space.can_be_packed) continue;
    for (const ExecutionOptions& decode : decodes) {
      execution.tile_latent = decode.tile_latent;
      execution.cpu_decode = decode.cpu_decode;
      for (const int chunk : chunks) {
        execution.chunk_tokens = chunk;
        for (int blocks = 0; blocks <= space.layers; ++blocks) {
          execution.stream_blocks = blocks;
          add(execution);
        }
      }
    }
  }
  return all;
}

[[nodiscard]] inline int option_count(const ExecutionOptions& r) {
  const bool used[] = {r.evict_encoder,    r.stream_encoder,    r.sequential_guidance,
                       r.chunk_tokens > 0, r.stream_blocks > 0, r.evict_transformer,
                       r.tile_latent > 0,  r.cpu_decode,        r.packed_weights};
  return static_cast<int>(std::count(std::begin(used), std::end(used), true));
}

// The order that the planner promises, used for an exhaustive search.
using Rank = std::tuple<double, std::int64_t, int>;
[[nodiscard]] inline Rank by_time(const PlanCandidate& c) {
  return {c.seconds, c.peak_bytes, option_count(c.execution)};
}
[[nodiscard]] inline Rank by_peak(const PlanCandidate& c) {
  return {static_cast<double>(c.peak_bytes), static_cast<std::int64_t>(c.seconds * 1e6),
          option_count(c.execution)};
}

[[nodiscard]] inline const PlanCandidate* exhaustive_fastest(const std::vector<PlanCandidate>& all,
                                                             std::int64_t budget) {
  const PlanCandidate* best = nullptr;
  for (const PlanCandidate& c : all) {
    if (c.peak_bytes <= budget && (best == nullptr || by_time(c) < by_time(*best))) best = &c;
  }
  return best;
}
[[nodiscard]] inline const PlanCandidate* exhaustive_leanest(const std::vector<PlanCandidate>& all,
                                                             double limit) {
  const PlanCandidate* best = nullptr;
  for (const PlanCandidate& c : all) {
    if (c.seconds <= limit && (best == nullptr || by_peak(c) < by_peak(*best))) best = &c;
  }
  return best;
}

// Checks that the plan equals what compose() makes of its options.
inline void expect_composed(const PlanCandidate& plan, const PlanSpace& space, PlanCosts& costs) {
  const PlanCandidate again = compose(plan.execution, space, costs);
  EXPECT_EQ(plan.peak_bytes, again.peak_bytes);
  EXPECT_EQ(plan.seconds, again.seconds);
  for (std::size_t s = 0; s < kStageCount; ++s) {
    EXPECT_EQ(plan.stages[s].weights_bytes, again.stages[s].weights_bytes);
    EXPECT_EQ(plan.stages[s].peak_bytes, again.stages[s].peak_bytes);
  }
}

// Compares the plans of fastest_plan() within `budget`, without and with low_vram, with the best
// of `all`.
inline void expect_optimal(const PlanSpace& space, PlanCosts& costs,
                           const std::vector<PlanCandidate>& all, std::int64_t budget,
                           const std::optional<PlanCandidate>& fast,
                           const std::optional<PlanCandidate>& lean) {
  const PlanCandidate* const best = exhaustive_fastest(all, budget);
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
