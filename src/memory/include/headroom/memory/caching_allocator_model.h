#pragma once
#include "headroom/core/allocation_trace.h"
#include "headroom/core/bytes.h"
#include "headroom/memory/allocator_conf.h"
#include "headroom/memory/allocator_model.h"

#include <array>
#include <cstdint>

namespace headroom {

// What a run asks of a card. Allocated: blocks in use, with their rounding. Reserved: what the
// driver has handed over, the cache included; this is what must fit on the card.
struct CachingPeaks {
  TracePeaks allocated;
  std::int64_t reserved_peak_bytes = 0;
  std::array<std::int64_t, kStageCount> stage_reserved{};  // indexed by Stage
  std::array<std::int64_t, kStageCount> stage_small{};     // of it, in the pool of small requests
  std::int64_t small_peak_bytes = 0;
  int segments = 0;  // how often a new one was begun
  bool fits = true;  // within capacity_bytes, all the time
};

// What the driver is asked for at a time: blocks of at most kSmallRequest come from a pool of their
// own, whose segments have kSmallSegment.
constexpr std::int64_t kSmallRequest = kMiB;
constexpr std::int64_t kSmallSegment = 2 * kMiB;

// Replays an allocation trace through a model of PyTorch's caching allocator, as its notes on CUDA
// semantics ("Memory management") and the constants of c10/core/AllocatorConfig.h describe it: one
// stream, no graph pools. Requests beyond the capacity are granted all the same, so that the peak
// says how much is missing.
[[nodiscard]] CachingPeaks replay_caching(const AllocationTrace& allocations,
                                          const CachingAllocatorSettings& settings = {});

}  // namespace headroom
