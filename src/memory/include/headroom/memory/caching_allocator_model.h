#pragma once
#include "headroom/core/allocation_trace.h"
#include "headroom/core/bytes.h"
#include "headroom/memory/allocator_conf.h"
#include "headroom/memory/allocator_model.h"

#include <array>
#include <cstdint>

namespace headroom {

// What a run asks of a GPU. Allocated: blocks in use, sizes rounded. Reserved: what the driver has
// given, the allocator's cache included; this is what must fit on the GPU.
struct CachingPeaks {
  TracePeaks allocated;
  std::int64_t reserved_peak_bytes = 0;
  std::array<std::int64_t, kStageCount> stage_reserved{};  // indexed by Stage
  std::array<std::int64_t, kStageCount> stage_small{};     // the part in the pool of small requests
  std::int64_t small_peak_bytes = 0;
  int segments = 0;  // how many segments were requested
  bool fits = true;  // never more than capacity_bytes
};

// Sizes of requests to the driver. Blocks of at most kSmallRequest come from a pool of their own,
// in segments of kSmallSegment.
constexpr std::int64_t kSmallRequest = kMiB;
constexpr std::int64_t kSmallSegment = 2 * kMiB;

// Replays an allocation trace through a model of PyTorch's caching allocator, as PyTorch's notes
// on CUDA semantics ("Memory management") and the constants of c10/core/AllocatorConfig.h describe
// it: one stream, no graph pools. Requests beyond the capacity are still granted, so that the peak
// shows how much is missing.
[[nodiscard]] CachingPeaks replay_caching(const AllocationTrace& allocations,
                                          const CachingAllocatorSettings& settings = {});

}  // namespace headroom
