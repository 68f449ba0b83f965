#pragma once
#include "headroom/core/plan.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace headroom {

// What a piece of memory is for. kHost is memory outside of the device: no part of its budget, and
// on the CPU, where device and host are the same chips, it is what "left the device" means.
enum class MemoryTag : std::uint8_t { kActivations, kWeights, kWorkspace, kHost };

// Everything a run asks of a device's memory, in order: recorded by a replay without arithmetic,
// read by a model of the device's allocator.
struct AllocationTrace {
  // A block that an operation's library takes for itself: how much is a law of the device's room.
  struct Operation {
    std::uint8_t law = 0;   // which
    std::int8_t dtype = 0;  // of libtorch's numbers
    std::array<std::int64_t, 5> sizes{};
    friend bool operator==(const Operation&, const Operation&) = default;
  };
  enum class Kind : std::uint8_t { kAllocate, kFree, kStage };
  struct Entry {
    Kind kind = Kind::kAllocate;
    MemoryTag tag = MemoryTag::kActivations;
    Stage stage = Stage::kLoad;  // kStage: the stage that begins here
    std::uint32_t id = 0;        // kAllocate, kFree: the block
    std::int64_t bytes = 0;      // kAllocate: as asked, before any rounding
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  std::vector<Entry> entries;
  // Those blocks, and which entry is the memory of each: one of 0 bytes where it takes none.
  struct Use {
    std::size_t entry = 0;
    Operation operation;
    friend bool operator==(const Use&, const Use&) = default;
  };
  std::vector<Use> operations;
  friend bool operator==(const AllocationTrace&, const AllocationTrace&) = default;
};

}  // namespace headroom
