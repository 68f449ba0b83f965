#pragma once
#include "headroom/core/allocation_trace.h"

namespace headroom {

// While the object lives, allocations of this thread carry `tag`; scopes nest. Inside a kHost
// scope everything is kHost, since what runs on the host has its weights and scratch there too.
class ScopedMemoryTag {
 public:
  explicit ScopedMemoryTag(MemoryTag tag);
  ~ScopedMemoryTag();
  ScopedMemoryTag(const ScopedMemoryTag&) = delete;
  ScopedMemoryTag& operator=(const ScopedMemoryTag&) = delete;
  [[nodiscard]] static MemoryTag current();

 private:
  MemoryTag previous_;
};

}  // namespace headroom
