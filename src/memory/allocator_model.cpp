#include "headroom/memory/allocator_model.h"

#include "replay_trace.h"

namespace headroom {
namespace {

struct RoundingAllocator {
  using Held = std::int64_t;  // bytes
  static Held take(std::int64_t bytes) { return (bytes + 63) / 64 * 64; }
  static std::int64_t bytes_of(Held held) { return held; }
  static void give_back(Held) {}
};

}  // namespace

TracePeaks replay_cpu_budget(const AllocationTrace& allocations) {
  RoundingAllocator allocator;
  return replay_trace(allocations, allocator, [](Stage) {});
}

}  // namespace headroom
