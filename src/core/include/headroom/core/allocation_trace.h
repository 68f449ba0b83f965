#pragma once
#include "headroom/core/plan.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace headroom {

// What a piece of memory is for. kHost is memory outside of the device and no part of its budget.
// On the CPU, where device and host share the same memory, kHost means "left the device".
enum class MemoryTag : std::uint8_t { kActivations, kWeights, kWorkspace, kHost };

// Everything a run asks of a device's memory, in order. A dry run (without arithmetic) records it,
// and a model of the device's allocator reads it.
struct AllocationTrace {
  // A scratch block that an operation's library allocates for itself. How large it is, a rule of
  // the device (`law`) computes from the operands' type and sizes.
  struct Operation {
    std::uint8_t law = 0;   // number of the device's rule
    std::int8_t dtype = 0;  // libtorch's number of the type
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
  // Every such operation, and the entry that stands for its block (of 0 bytes where the library
  // takes none).
  struct Use {
    std::size_t entry = 0;
    Operation operation;
    friend bool operator==(const Use&, const Use&) = default;
  };
  std::vector<Use> operations;
  friend bool operator==(const AllocationTrace&, const AllocationTrace&) = default;
};

}  // namespace headroom
