#pragma once
#include "headroom/device/memory_tag.h"
#include "headroom/device/workspace.h"

#include <cstdint>
#include <optional>

namespace headroom {

// What holds on this thread while a scope of memory_tag.h, workspace.h or allocation_recorder.h
// lives. ATen asks an allocator for bytes and hands on nothing of its caller's, and operations on
// meta tensors know nothing of the device that they stand for: so it is kept beside the calls. It
// is the one state of this room that is in no object, but for the allocators that libtorch keeps.
struct ThreadScopes {
  MemoryTag tag = MemoryTag::kActivations;
  workspace::KernelSet kernels;
  struct Recording {
    AllocationTrace* allocations = nullptr;
    std::uint64_t serial = 0;  // which recording of this thread; blocks of earlier ones are ignored
    std::uint32_t next_id = 0;
    std::optional<std::int64_t> announced;  // bytes that the next block stands for
  };
  Recording recording;
  std::uint64_t next_serial = 1;
};

[[nodiscard]] ThreadScopes& thread_scopes();

}  // namespace headroom
