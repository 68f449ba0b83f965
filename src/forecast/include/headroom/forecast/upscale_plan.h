#pragma once
#include "headroom/core/memory_snapshot.h"
#include "headroom/core/message.h"
#include "headroom/core/upscaler_config.h"
#include "headroom/memory/budget.h"
#include "headroom/pipeline/upscaler.h"

#include <cstdint>
#include <functional>

namespace headroom {

// What enlarging a picture of this size in pieces of at most `side` cells needs (see UpscalePlan),
// found by a dry run on meta tensors. Exact to the byte on the CPU.
[[nodiscard]] UpscalePlan plan_upscale(const UpscalerConfig& config, int width, int height,
                                       std::int64_t side, const Device& device);

// Whether a picture can be enlarged with the memory of one moment, and how.
struct UpscaleForecast {
  bool fits = false;
  UpscalePlan plan;  // if nothing fits, the plan with the smallest pieces
  Budget budget;
  Message reason;  // why it does not fit, one sentence with the way out; else empty
};

// The plan with the largest pieces that fit into the free memory, one piece if possible. May be
// used from any thread.
[[nodiscard]] UpscaleForecast forecast_upscale(const UpscalerConfig& config, int width, int height,
                                               const Device& device, const MemorySnapshot& snapshot,
                                               const BudgetOptions& options);
// The same, where `plan_of(side)` makes the plans, for instance from a cache.
[[nodiscard]] UpscaleForecast forecast_upscale(
    const UpscalerConfig& config, int width, int height, const Device& device,
    const MemorySnapshot& snapshot, const BudgetOptions& options,
    const std::function<UpscalePlan(std::int64_t side)>& plan_of);

}  // namespace headroom
