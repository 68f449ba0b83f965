#pragma once
#include "headroom/core/allocation_trace.h"

#include "peak_recorder.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace headroom {

// Requests from `allocator` everything that an allocation trace requests, and gives it back:
// take(bytes) returns what is held, bytes_of(held) its size, give_back(held) frees it. Host memory
// is counted as requested; tensors without elements have no block. `after_each(stage)` is called
// after every entry.
template <typename Allocator, typename AfterEach>
TracePeaks replay_trace(const AllocationTrace& allocations, Allocator& allocator,
                        const AfterEach& after_each) {
  struct Block {
    typename Allocator::Held held{};  // unused for host memory
    MemoryTag tag = MemoryTag::kHost;
    std::int64_t bytes = 0;
  };
  std::vector<std::optional<Block>> alive;  // by id; ids count up from 0
  PeakRecorder recorder;
  for (const AllocationTrace::Entry& entry : allocations.entries) {
    switch (entry.kind) {
      case AllocationTrace::Kind::kStage:
        recorder.enter(entry.stage);
        break;
      case AllocationTrace::Kind::kAllocate: {
        if (entry.bytes <= 0) break;
        Block block{{}, entry.tag, entry.bytes};
        if (entry.tag != MemoryTag::kHost) {
          block.held = allocator.take(entry.bytes);
          block.bytes = allocator.bytes_of(block.held);
        }
        if (entry.id >= alive.size()) alive.resize(entry.id + 1);
        alive[entry.id] = block;
        recorder.add(block.tag, block.bytes);
        break;
      }
      case AllocationTrace::Kind::kFree: {
        if (entry.id >= alive.size() || !alive[entry.id]) break;  // it had no block
        std::optional<Block>& block = alive[entry.id];
        recorder.add(block->tag, -block->bytes);
        if (block->tag != MemoryTag::kHost) allocator.give_back(block->held);
        block.reset();
        break;
      }
    }
    recorder.note();
    after_each(recorder.stage());
  }
  return recorder.peaks();
}

}  // namespace headroom
