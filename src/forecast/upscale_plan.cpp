#include "headroom/forecast/upscale_plan.h"

#include "headroom/core/bytes.h"
#include "headroom/core/size.h"
#include "headroom/device/allocation_recorder.h"
#include "headroom/device/memory_tag.h"
#include "headroom/device/workspace.h"
#include "headroom/memory/choose_plan.h"
#include "headroom/pipeline/meta_weights.h"
#include "headroom/pipeline/upscale_pieces.h"

#include "request_costs.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

// Smaller pieces would consist mostly of margin.
constexpr std::int64_t kSmallestSide = 16;

struct Grid {
  std::int64_t height, width;  // cells
};

// Records everything from loading to the last piece as one stage. `library_bytes` are there all
// the time.
AllocationTrace dry_run(const UpscalerConfig& config, Grid grid, std::int64_t side,
                        const workspace::KernelSet& kernels, std::int64_t library_bytes) {
  const c10::InferenceMode inference;
  const workspace::ScopedKernels scoped(kernels);
  AllocationTrace trace;
  std::unique_ptr<UpscaleNetwork> network;  // outlives the recording, since its weights stay
  at::Tensor libraries;                     // likewise
  AllocationRecorder recorder(trace);
  recorder.mark(Stage::kDecode);
  if (library_bytes > 0)
    libraries = at::empty({library_bytes}, at::TensorOptions(at::kMeta).dtype(at::kByte));
  MetaWeights weights(at::kFloat);
  network = load_upscale_network(config, weights);
  at::Tensor picture;
  {
    const ScopedMemoryTag host(MemoryTag::kHost);
    const std::int64_t u = config.unshuffle;
    picture =
        at::empty({1, 3 * u * u, grid.height, grid.width},
                  at::TensorOptions(at::kMeta).dtype(at::kFloat), at::MemoryFormat::ChannelsLast);
  }
  upscale_in_pieces(*network, picture, side, at::kMeta, {});
  return trace;
}

// The longest piece when `cells` are divided evenly into pieces of at most `side`.
std::int64_t longest_of(std::int64_t cells, std::int64_t side) {
  const std::int64_t count = piece_count(cells, 1, side);
  return (cells + count - 1) / count;
}

// RGB and alpha.
std::int64_t pixel_bytes(std::int64_t pixels) { return 4 * pixels; }

// How much main memory a plan may take beside the device's.
std::optional<std::int64_t> host_room(const UpscalePlan& plan, const Device& device,
                                      const MemorySnapshot& snapshot) {
  if (!snapshot.host_available) return std::nullopt;
  const std::int64_t available = *snapshot.host_available;
  const std::int64_t of_device = device.backend->has_own_memory() ? 0 : plan.peak_bytes;
  return available - host_margin(available) - of_device;
}

bool fits(const UpscalePlan& plan, const Budget& budget, const Device& device,
          const MemorySnapshot& snapshot) {
  const auto room = host_room(plan, device, snapshot);
  return plan.peak_bytes <= budget.budget_bytes && (!room || plan.host_bytes <= *room);
}

Message refusal(int width, int height, const UpscaleForecast& forecast, const Device& device,
                const MemorySnapshot& snapshot) {
  const UpscalePlan& plan = forecast.plan;
  const std::string size = to_string(Size{width, height});
  if (plan.peak_bytes > forecast.budget.budget_bytes) {
    const std::int64_t budget = std::max<std::int64_t>(0, forecast.budget.budget_bytes);
    return say(
        "enlarging {0} needs {1} of memory even in the smallest pieces, and {2} can be used "
        "now; {3}",
        size, format_bytes(plan.peak_bytes), format_bytes(budget),
        way_out(obstacle_of(plan.peak_bytes, forecast.budget), forecast.budget));
  }
  const std::int64_t room =
      std::max<std::int64_t>(0, host_room(plan, device, snapshot).value_or(0));
  return say(
      "enlarging {0} needs {1} of main memory beside the device's, and {2} can be used now; "
      "close other programs or choose a smaller picture",
      size, format_bytes(plan.host_bytes), format_bytes(room));
}

}  // namespace

UpscalePlan plan_upscale(const UpscalerConfig& config, int width, int height, std::int64_t side,
                         const Device& device) {
  const Grid grid{cells_along(height, config), cells_along(width, config)};
  const AllocatorModel allocator = allocator_of(device);
  // A model may have left a library's workspace. Where none did, it is not in use either.
  const std::int64_t library_bytes = device.backend->library_bytes();
  const AllocationTrace trace =
      dry_run(config, grid, side, {.card = allocator.card}, library_bytes);
  const TracePeaks peaks = allocator.peaks(trace);
  const StagePeak& peak = peaks.stages[static_cast<std::size_t>(Stage::kDecode)];
  UpscalePlan plan;
  plan.side = side;
  plan.pieces = piece_count(grid.height, grid.width, side);
  const std::int64_t cells = std::max(longest_of(grid.height, side), longest_of(grid.width, side));
  plan.piece_px = std::min<std::int64_t>(cells * config.unshuffle, std::max(width, height));
  plan.weights_bytes = peaks.left_in_use_bytes - library_bytes;
  plan.peak_bytes = peaks.peak_bytes;
  plan.in_use_peak_bytes = peak.in_use_bytes - library_bytes;
  plan.small_pool_bytes = peak.small_bytes;
  const std::int64_t pixels = std::int64_t{width} * height;
  plan.host_bytes =
      peak.host_bytes + pixel_bytes(pixels) + pixel_bytes(pixels * config.scale * config.scale);
  return plan;
}

UpscaleForecast forecast_upscale(const UpscalerConfig& config, int width, int height,
                                 const Device& device, const MemorySnapshot& snapshot,
                                 const BudgetOptions& options) {
  return forecast_upscale(config, width, height, device, snapshot, options, [&](std::int64_t side) {
    return plan_upscale(config, width, height, side, device);
  });
}

UpscaleForecast forecast_upscale(const UpscalerConfig& config, int width, int height,
                                 const Device& device, const MemorySnapshot& snapshot,
                                 const BudgetOptions& options,
                                 const std::function<UpscalePlan(std::int64_t side)>& plan_of) {
  UpscaleForecast forecast;
  forecast.budget = compute_budget(snapshot, options);
  const auto try_side = [&](std::int64_t side) {
    UpscalePlan plan = plan_of(side);
    const bool is_fine = fits(plan, forecast.budget, device, snapshot);
    if (is_fine || !forecast.fits) forecast.plan = std::move(plan);
    forecast.fits = forecast.fits || is_fine;
    return is_fine;
  };
  if (try_side(0)) return forecast;
  // Bisects between a multiple of the smallest side that fits and one that does not.
  const std::int64_t longest = std::max(cells_along(width, config), cells_along(height, config));
  std::int64_t too_many = (longest + kSmallestSide - 1) / kSmallestSide;
  std::int64_t fitting = 1;
  if (!try_side(kSmallestSide)) {
    forecast.reason = refusal(width, height, forecast, device, snapshot);
    return forecast;
  }
  while (too_many - fitting > 1) {
    const std::int64_t middle = fitting + (too_many - fitting) / 2;
    (try_side(middle * kSmallestSide) ? fitting : too_many) = middle;
  }
  return forecast;
}

}  // namespace headroom
