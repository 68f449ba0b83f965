#pragma once
#include "headroom/core/plan.h"

#include <cstdint>
#include <vector>

namespace headroom {

// What a piece of memory is for. kHost is memory outside of the device: it is never counted, and on
// the CPU, where device and host are the same chips, it is what "left the device" means.
enum class MemoryTag : std::uint8_t { kActivations, kWeights, kWorkspace, kHost };

// Everything a run asks of a device's memory, in order: recorded by a replay without arithmetic,
// read by a model of the device's allocator.
struct Ledger {
  enum class Kind : std::uint8_t { kAllocate, kFree, kStage };
  struct Entry {
    Kind kind = Kind::kAllocate;
    MemoryTag tag = MemoryTag::kActivations;
    Stage stage = Stage::kLoad;  // kStage: the stage that begins here
    std::uint32_t id = 0;        // kAllocate, kFree: the block
    std::int64_t bytes = 0;      // kAllocate: as asked, before any rounding
  };
  std::vector<Entry> entries;
};

}  // namespace headroom
