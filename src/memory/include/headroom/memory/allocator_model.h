#pragma once
#include "headroom/core/allocation_trace.h"

#include <array>
#include <cstdint>

namespace headroom {

// What an allocation trace needs of a device, at the peak of each stage.
struct StagePeak {
  bool seen = false;               // the allocation trace has this stage
  std::int64_t weights_bytes = 0;  // largest amount of each kind, each at its own time...
  std::int64_t activation_bytes = 0;
  std::int64_t workspace_bytes = 0;
  std::int64_t peak_bytes = 0;  // ...and of their sum: what the device has to provide
  std::int64_t host_bytes = 0;  // largest amount of kHost, which is not part of the above
  // For a GPU's caching allocator, which reserves more than it hands out: the largest sum that is
  // handed out, and the part of `peak_bytes` in the pool of small requests. Other devices have the
  // peak and 0.
  std::int64_t in_use_bytes = 0;
  std::int64_t small_bytes = 0;
};
struct TracePeaks {
  std::array<StagePeak, kStageCount> stages{};  // indexed by Stage
  std::int64_t peak_bytes = 0;
  std::int64_t left_bytes = 0;         // still held when the allocation trace ends...
  std::int64_t left_in_use_bytes = 0;  // ...the part of it that is handed out...
  std::int64_t left_small_bytes = 0;   // ...and the part in the pool of small requests
};

// Replays a trace through the CPU budget's allocator: every block is rounded up to 64 bytes,
// nothing is cached.
[[nodiscard]] TracePeaks replay_cpu_budget(const AllocationTrace& allocations);

}  // namespace headroom
