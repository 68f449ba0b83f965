#pragma once
#include "headroom/core/memory_snapshot.h"
#include "headroom/core/message.h"
#include "headroom/core/upscaler_config.h"
#include "headroom/memory/budget.h"
#include "headroom/pipeline/upscale.h"

#include <cstdint>
#include <functional>

namespace headroom {

// What enlarging a picture of this size needs, with pieces of at most `side` cells (see
// UpscalePlan): by a dry run on meta tensors. On the processor to the byte.
[[nodiscard]] UpscalePlan plan_upscale(const UpscalerConfig& config, int width, int height,
                                       std::int64_t side, const Device& device);

struct UpscaleForecast {
  bool fits = false;
  UpscalePlan plan;  // where it does not fit, that of the smallest pieces
  Budget budget;
  Message reason;  // why it does not fit, with the way out: one sentence; else empty
};

// With the largest pieces that fit into what is free now: all at once where that does. Any thread.
[[nodiscard]] UpscaleForecast forecast_upscale(const UpscalerConfig& config, int width, int height,
                                               const Device& device, const MemorySnapshot& snapshot,
                                               const BudgetOptions& options);
// The same with plans of `plan_of(side)`, which knows them.
[[nodiscard]] UpscaleForecast forecast_upscale(
    const UpscalerConfig& config, int width, int height, const Device& device,
    const MemorySnapshot& snapshot, const BudgetOptions& options,
    const std::function<UpscalePlan(std::int64_t side)>& plan_of);

}  // namespace headroom
