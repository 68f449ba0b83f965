// Plans within the machine's own memory, beside a search that looks at every plan.
#include "headroom/memory/choose_plan.h"

#include "headroom/core/bytes.h"
#include "headroom/memory/plan_candidate.h"
#include "headroom/memory/planner.h"

#include "memory/planner_costs.h"
#include "support/exhaustive_search.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

// Z-Image-Turbo on a processor by arithmetic: bfloat16 files (FACTS: 12.3 GB of the transformer, 30
// of its layers are alike), float32 on the device, 512x512.
class ProcessorCosts final : public test::CountingCosts {
 public:
  ProcessorCosts() {
    space.layers = 30;
    space.chunk_sizes = {256};
    space.tile_sizes = {32};
    for (int i = 0; i <= space.layers; ++i) space.streamed_file_bytes.push_back(i * (kBlock / 2));
  }
  static constexpr std::int64_t kBlock = 723'641'344;  // float32
  static constexpr std::int64_t kRest = 2'909'392'064;
  static constexpr std::int64_t kEncoder = 14'130'314'240;
  static constexpr std::int64_t kPlanes = 512 * 512 * 128 * 4;
  std::int64_t whole_decode = 600 * kMiB;
  std::int64_t planes = 2 * kPlanes;  // that a decode in strips holds of the machine's memory

 private:
  static StageNeed bytes(std::int64_t weights, std::int64_t rest, std::int64_t host = 0) {
    return {weights, rest, 0, weights + rest, host};
  }
  [[nodiscard]] StageNeed encode_need(const ExecutionOptions& r) const override {
    return r.stream_encoder ? bytes(0, kEncoder / 18) : bytes(kEncoder, kMiB);
  }
  [[nodiscard]] StageNeed denoise_need(const ExecutionOptions& r) const override {
    const std::int64_t buffers = std::min(r.stream_blocks, 2) * kBlock;
    return bytes(kRest + (30 - r.stream_blocks) * kBlock, buffers + 300 * kMiB);
  }
  [[nodiscard]] StageNeed decode_need(const ExecutionOptions& r) const override {
    if (r.cpu_decode) return bytes(0, 0, 800 * kMiB);
    return r.tile_latent > 0 ? bytes(198 * kMiB, 200 * kMiB, planes)
                             : bytes(198 * kMiB, whole_decode);
  }
  [[nodiscard]] std::array<double, kStageCount> stage_seconds(
      const ExecutionOptions& r) const override {
    const double read = r.stream_blocks * (files_are_cached ? 0.2 : 1.5);
    const double step = 75 * (r.chunk_tokens > 0 ? 1.05 : 1) + read;
    return {(30 - r.stream_blocks) * 0.3,
            r.stream_encoder ? 9.0 : 8.0,
            0,
            8 * step,
            r.tile_latent > 0 ? 25.0
            : r.cpu_decode    ? 400.0
                              : 20.0,
            0.1};
  }
};

std::int64_t at_denoise(const PlanCandidate& plan) {
  return plan.stages[static_cast<std::size_t>(Stage::kDenoise)].peak_bytes;
}

TEST(HostMemory, LeavesFilesThatEveryStepReadsTheirRoom) {
  ProcessorCosts costs;
  const HostMemory host{23 * kGiB, /*holds_device=*/true};
  const std::int64_t budget = host.available_bytes - 700 * kMiB;
  const std::optional<PlanCandidate> greedy = fastest_plan(costs.space, costs, budget);
  ASSERT_TRUE(greedy);
  EXPECT_GT(at_denoise(*greedy) + page_cache_bytes(greedy->execution, costs.space),
            host.available_bytes);

  const std::optional<PlanCandidate> plan = choose_plan(costs.space, costs, budget, host);
  ASSERT_TRUE(plan);
  EXPECT_TRUE(costs.space.files_are_cached);
  EXPECT_LE(at_denoise(*plan) + page_cache_bytes(plan->execution, costs.space),
            host.available_bytes - host_margin(host.available_bytes));
  test::expect_composed(*plan, costs.space, costs);
}

// As the rule says, over all plans: those whose files stay in memory come first, then the fastest.
TEST(HostMemory, FindsWhatLookingAtEveryPlanFinds) {
  for (const bool holds_device : {true, false}) {
    for (std::int64_t gib = 1; gib <= 48; ++gib) {
      ProcessorCosts costs;
      const HostMemory host{gib * kGiB, holds_device};
      const std::int64_t budget = holds_device ? gib * kGiB - 300 * kMiB : 6 * kGiB;
      const std::int64_t available = host.available_bytes - host_margin(host.available_bytes);
      const std::optional<PlanCandidate> plan = choose_plan(costs.space, costs, budget, host);
      ProcessorCosts fresh;
      const PlanCandidate* best = nullptr;
      const std::vector<PlanCandidate> all = test::all_plans(fresh.space, fresh);
      for (const PlanCandidate& c : all) {
        const std::int64_t files = page_cache_bytes(c.execution, fresh.space);
        const std::int64_t taken = holds_device ? at_denoise(c) : 0;
        const bool cached = files == 0 || taken + files <= available;
        if (c.peak_bytes > budget || c.host_peak_bytes() > available || !cached) continue;
        if (best == nullptr || test::by_time(c) < test::by_time(*best)) best = &c;
      }
      if (best == nullptr) {
        EXPECT_FALSE(plan && costs.space.files_are_cached) << gib << holds_device;
        continue;
      }
      ASSERT_TRUE(plan) << gib << holds_device;
      EXPECT_TRUE(costs.space.files_are_cached) << gib << holds_device;
      EXPECT_EQ(test::by_time(*plan), test::by_time(*best)) << gib << holds_device;
    }
  }
}

TEST(HostMemory, ReadsFromTheDiskOnlyWhereNoPlanLeavesTheFilesRoom) {
  ProcessorCosts costs;
  // 30 layers of files are 10.9 GB, and on the device two buffers and the rest are 4.4 GB more.
  const HostMemory host{10 * kGiB, /*holds_device=*/true};
  const std::optional<PlanCandidate> plan =
      choose_plan(costs.space, costs, host.available_bytes - kGiB, host);
  ASSERT_TRUE(plan);
  EXPECT_FALSE(costs.space.files_are_cached);
  EXPECT_GT(plan->execution.stream_blocks, 0);
  // Eight steps, and 1.5 seconds for a block in place of 0.2.
  const double from_memory = compose(plan->execution, ProcessorCosts().space, costs).seconds;
  EXPECT_NEAR(plan->seconds - from_memory, 8 * 1.3 * plan->execution.stream_blocks, 1e-6);
}

TEST(HostMemory, OnACardNoMoreBlocksAreStreamedThanThePageCacheHolds) {
  ProcessorCosts costs;
  const HostMemory host{9 * kGiB, /*holds_device=*/false};
  const std::optional<PlanCandidate> plan = choose_plan(costs.space, costs, 20 * kGiB, host);
  ASSERT_TRUE(plan);
  EXPECT_LE(page_cache_bytes(plan->execution, costs.space), host.available_bytes);
  EXPECT_EQ(costs.space.layers, 30);
}

// Blocks need not be stored alike: here the last of those that are streamed reads as much as all
// before it.
TEST(HostMemory, CountsWhatTheStreamedBlocksReadAndNotTheirNumber) {
  ProcessorCosts costs;
  costs.space.streamed_file_bytes.clear();
  for (int i = 0; i <= 30; ++i)
    costs.space.streamed_file_bytes.push_back(i < 12 ? i * kGiB / 8 : 9 * kGiB);
  const HostMemory host{6 * kGiB, /*holds_device=*/false};
  EXPECT_EQ(page_cache_bytes({.stream_blocks = 11}, costs.space), 11 * kGiB / 8);
  EXPECT_EQ(page_cache_bytes({.stream_blocks = 12}, costs.space), 9 * kGiB);
  const std::optional<PlanCandidate> plan = choose_plan(costs.space, costs, 18 * kGiB, host);
  ASSERT_TRUE(plan);
  EXPECT_TRUE(costs.space.files_are_cached);
  EXPECT_LE(plan->execution.stream_blocks, 11);
  EXPECT_GT(plan->execution.stream_blocks, 0);
}

TEST(HostMemory, WhatADecoderHoldsOfItMustFit) {
  // 4.4 GiB of the device: no whole decode beside what streams, so the host has to help.
  for (const std::int64_t available : {4 * kGiB, 900 * kMiB, 300 * kMiB, 100 * kMiB}) {
    ProcessorCosts costs;
    costs.space.streamed_file_bytes.clear();
    const HostMemory host{available, /*holds_device=*/false};
    const std::optional<PlanCandidate> plan = choose_plan(costs.space, costs, 5 * kGiB, host);
    if (!plan) continue;
    EXPECT_LE(plan->host_peak_bytes(), available - host_margin(available));
  }
  ProcessorCosts costs;
  const std::optional<PlanCandidate> plan =
      choose_plan(costs.space, costs, 5 * kGiB, HostMemory{1, false});
  ASSERT_TRUE(plan);  // a whole decode fits that device
  EXPECT_EQ(plan->host_peak_bytes(), 0);
}

// On the processor both are the same memory: what a decoder holds beside the budget and the budget
// are needed at once.
TEST(HostMemory, WhereTheDeviceIsPartOfItBothMustFitTogether) {
  int with_help = 0;
  for (std::int64_t available = 4 * kGiB; available < 8 * kGiB; available += 100 * kMiB) {
    ProcessorCosts costs;
    costs.whole_decode = 40 * kGiB;
    costs.planes = 5 * kGiB;
    costs.space.can_decode_on_cpu = false;
    costs.space.streamed_file_bytes.clear();
    const HostMemory host{available, /*holds_device=*/true};
    const std::optional<PlanCandidate> plan = choose_plan(costs.space, costs, available, host);
    if (!plan) continue;
    for (const StageNeed& stage : plan->stages) {
      if (stage.host_bytes == 0) continue;
      ++with_help;
      EXPECT_LE(stage.peak_bytes + stage.host_bytes, available - host_margin(available))
          << available;
    }
  }
  EXPECT_GT(with_help, 10);
}

// The device could do with strips or with a decoder on the host, for both of which memory lacks.
TEST(HostMemory, WhereItIsWhatLacksThePlanThatComesClosestWantsLittleOfIt) {
  ProcessorCosts costs;
  costs.whole_decode = 40 * kGiB;
  const std::int64_t budget = 6 * kGiB;
  const HostMemory host{100 * kMiB, /*holds_device=*/false};
  PlanSpace space = costs.space;
  ASSERT_FALSE(choose_plan(space, costs, budget, host));
  const PlanCandidate closest = closest_plan(costs.space, costs, budget, host);
  EXPECT_LE(closest.peak_bytes, budget);
  EXPECT_EQ(closest.host_peak_bytes(), 2 * ProcessorCosts::kPlanes);  // strips: less than 800 MiB
  // Where the device is too small for every plan, it is what lacks.
  const PlanCandidate smallest = closest_plan(costs.space, costs, kGiB, host);
  EXPECT_EQ(smallest.peak_bytes, smallest_plan(costs.space, costs).peak_bytes);
}

TEST(HostMemory, WhereNothingIsKnownOfItTheFastestPlanIsTaken) {
  ProcessorCosts costs;
  EXPECT_EQ(choose_plan(costs.space, costs, 20 * kGiB, std::nullopt)->execution,
            fastest_plan(costs.space, costs, 20 * kGiB)->execution);
}

}  // namespace
}  // namespace headroom
