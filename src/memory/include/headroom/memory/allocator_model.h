#pragma once
#include "headroom/core/allocation_trace.h"

#include <array>
#include <cstdint>

namespace headroom {

// What an allocation trace asks of a device, at the worst moment of each stage.
struct StagePeak {
  bool seen = false;               // the allocation trace has this stage
  std::int64_t weights_bytes = 0;  // largest amount alive of each kind, each on its own...
  std::int64_t activation_bytes = 0;
  std::int64_t workspace_bytes = 0;
  std::int64_t peak_bytes = 0;  // ...and of their sum: what the device has to give
  std::int64_t host_bytes = 0;  // largest amount of kHost, which is no part of the above
  // Of a card's caching allocator, which holds more than it hands out: the largest sum that is
  // handed out, and the part of `peak_bytes` in the pool of small requests. Elsewhere the peak
  // and 0.
  std::int64_t in_use_bytes = 0;
  std::int64_t small_bytes = 0;
};
struct TracePeaks {
  std::array<StagePeak, kStageCount> stages{};  // indexed by Stage
  std::int64_t peak_bytes = 0;
  std::int64_t left_bytes = 0;         // still held when the allocation trace ends...
  std::int64_t left_in_use_bytes = 0;  // ...of it handed out...
  std::int64_t left_small_bytes = 0;   // ...and in the pool of small requests
};

// The CPU budget's allocator: every block is rounded up to 64 bytes, nothing is cached.
[[nodiscard]] TracePeaks replay_cpu_budget(const AllocationTrace& allocations);

}  // namespace headroom
