#include "headroom/memory/choose_plan.h"

#include "headroom/core/bytes.h"

#include <algorithm>
#include <utility>

namespace headroom {
namespace {

// The same costs, but stages need as much more device memory as `More` says.
template <typename More>
class WithMore final : public PlanCosts {
 public:
  WithMore(PlanCosts& costs, More more) : costs_(costs), more_(std::move(more)) {}
  StageNeed need(Stage stage, const ExecutionOptions& execution) override {
    StageNeed need = costs_.need(stage, execution);
    need.peak_bytes += std::max<std::int64_t>(0, more_(stage, execution, need));
    return need;
  }
  HeldWeights weights(NetworkId network, const ExecutionOptions& execution) override {
    return costs_.weights(network, execution);
  }
  double seconds(Stage stage, const ExecutionOptions& execution, bool files_are_cached) override {
    return costs_.seconds(stage, execution, files_are_cached);
  }

 private:
  PlanCosts& costs_;
  More more_;
};

// The fastest plan that fits with `more`, with its own needs.
template <typename More>
std::optional<PlanCandidate> fastest_with(const PlanSpace& space, PlanCosts& costs, More more,
                                          std::int64_t budget_bytes, bool low_vram) {
  WithMore<More> all(costs, std::move(more));
  const std::optional<PlanCandidate> found = fastest_plan(space, all, budget_bytes, low_vram);
  return found ? std::optional(compose(found->execution, space, costs)) : std::nullopt;
}

bool fits_in_host(const PlanCandidate& plan, std::int64_t available_bytes, const HostMemory& host) {
  return std::ranges::all_of(plan.stages, [&](const StageNeed& stage) {
    return host_need(stage.host_bytes, stage.peak_bytes, host) <= available_bytes;
  });
}

// The fastest plan whose stages fit with what they hold beside the device's memory.
std::optional<PlanCandidate> with_host_memory(const PlanSpace& space, PlanCosts& costs,
                                              std::int64_t budget_bytes,
                                              std::int64_t available_bytes, bool low_vram) {
  const std::int64_t spare = std::max<std::int64_t>(0, available_bytes - budget_bytes);
  return fastest_with(
      space, costs,
      [spare](Stage, const ExecutionOptions&, const StageNeed& need) {
        return need.host_bytes - spare;
      },
      std::min(budget_bytes, available_bytes), low_vram);
}

// How much memory a plan leaves for the page cache, beside what it holds itself.
std::int64_t room_for_files(const PlanCandidate& plan, std::int64_t available_bytes,
                            const HostMemory& host) {
  const StageNeed& denoise = plan.stages[static_cast<std::size_t>(Stage::kDenoise)];
  return available_bytes - denoise.host_bytes - (host.holds_device ? denoise.peak_bytes : 0);
}

std::optional<PlanCandidate> with_files_cached(const PlanSpace& space, PlanCosts& costs,
                                               std::int64_t budget_bytes,
                                               std::int64_t available_bytes, const HostMemory& host,
                                               bool low_vram) {
  if (host.holds_device) {
    // What streamed blocks need of the page cache competes with the device for the same memory.
    const std::int64_t spare = std::max<std::int64_t>(0, available_bytes - budget_bytes);
    return fastest_with(
        space, costs,
        [&space, spare](Stage stage, const ExecutionOptions& execution, const StageNeed&) {
          return stage == Stage::kDenoise ? page_cache_bytes(execution, space) - spare : 0;
        },
        std::min(budget_bytes, available_bytes), low_vram);
  }
  // On a GPU each streamed block needs a part of the page cache: allow only as many as fit there.
  PlanSpace fewer = space;
  fewer.layers = 0;
  while (fewer.layers < space.layers &&
         page_cache_bytes({.stream_blocks = fewer.layers + 1}, space) <= available_bytes) {
    ++fewer.layers;
  }
  if (fewer.layers < space.floor.stream_blocks) return std::nullopt;
  return fastest_plan(fewer, costs, budget_bytes, low_vram);
}

std::optional<PlanCandidate> within_page_cache(PlanSpace& space, PlanCosts& costs,
                                               std::int64_t budget_bytes,
                                               std::int64_t available_bytes, const HostMemory& host,
                                               bool low_vram) {
  const std::optional<PlanCandidate> plain = fastest_plan(space, costs, budget_bytes, low_vram);
  if (!plain || page_cache_bytes(plain->execution, space) == 0 ||
      page_cache_bytes(plain->execution, space) <= room_for_files(*plain, available_bytes, host)) {
    return plain;
  }
  if (auto cached =
          with_files_cached(space, costs, budget_bytes, available_bytes, host, low_vram)) {
    return cached;
  }
  space.files_are_cached = false;
  // Even so, leave the machine some memory to work in, if a plan can.
  const std::int64_t roomy =
      host.holds_device ? std::min(budget_bytes, available_bytes) : budget_bytes;
  if (auto slow = fastest_plan(space, costs, roomy, low_vram)) return slow;
  return fastest_plan(space, costs, budget_bytes, low_vram);
}

}  // namespace

std::int64_t host_margin(std::int64_t available_bytes) {
  // Libraries, their scratch memory, buffers, pictures.
  constexpr std::int64_t kProgram = 512 * kMiB;
  return std::min(kProgram, available_bytes / 20);
}

std::int64_t page_cache_bytes(const ExecutionOptions& execution, const PlanSpace& space) {
  const std::vector<std::int64_t>& bytes = space.streamed_file_bytes;
  return bytes.empty() ? 0 : bytes[static_cast<std::size_t>(execution.stream_blocks)];
}

std::optional<PlanCandidate> choose_plan(PlanSpace& space, PlanCosts& costs,
                                         std::int64_t budget_bytes,
                                         const std::optional<HostMemory>& host, bool low_vram) {
  if (!host) return fastest_plan(space, costs, budget_bytes, low_vram);
  const std::int64_t available = host->available_bytes - host_margin(host->available_bytes);
  std::optional<PlanCandidate> plan;
  for (;;) {
    plan = within_page_cache(space, costs, budget_bytes, available, *host, low_vram);
    if (!plan || fits_in_host(*plan, available, *host)) return plan;
    if (host->holds_device) {
      auto smaller = with_host_memory(space, costs, budget_bytes, available, low_vram);
      if (smaller && fits_in_host(*smaller, available, *host)) return smaller;
    }
    // Only ways to decode hold host memory: exclude the one that does not fit.
    if (plan->execution.cpu_decode) {
      space.can_decode_on_cpu = false;
    } else if (plan->execution.tile_latent > 0) {
      space.tile_sizes.clear();
    } else {
      return std::nullopt;
    }
  }
}

PlanCandidate closest_plan(const PlanSpace& space, PlanCosts& costs, std::int64_t budget_bytes,
                           const std::optional<HostMemory>& host) {
  std::optional<PlanCandidate> best;
  for (const bool on_host : {false, true}) {
    if (!host || (on_host && !space.can_decode_on_cpu)) continue;
    PlanSpace part = space;
    part.can_decode_on_cpu = on_host;
    if (on_host) part.tile_sizes.clear();
    const std::optional<PlanCandidate> plan = fastest_plan(part, costs, budget_bytes);
    if (plan && (!best || plan->host_peak_bytes() < best->host_peak_bytes())) best = plan;
  }
  return best ? *best : smallest_plan(space, costs);
}

}  // namespace headroom
