#pragma once
#include "headroom/device/memory_tag.h"
#include "headroom/device/workspace.h"

#include <cstdint>
#include <optional>

namespace headroom {

// What the scopes of memory_tag.h, workspace.h and allocation_recorder.h set for this thread. ATen
// passes only a number of bytes to an allocator, and operations on meta tensors do not know which
// device they stand for, so this cannot be a parameter. It is the only state of this room outside
// of objects, except for the allocators that libtorch keeps.
struct ThreadScopes {
  MemoryTag tag = MemoryTag::kActivations;
  workspace::KernelSet kernels;
  struct Recording {
    AllocationTrace* allocations = nullptr;
    // Number of this recording on this thread; blocks of earlier ones are ignored.
    std::uint64_t serial = 0;
    std::uint32_t next_id = 0;
    std::optional<std::int64_t> announced;  // bytes for which the next block is recorded
  };
  Recording recording;
  std::uint64_t next_serial = 1;
};

[[nodiscard]] ThreadScopes& thread_scopes();

}  // namespace headroom
