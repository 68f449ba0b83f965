#pragma once
#include "headroom/core/allocation_trace.h"

namespace headroom {

// Allocations of this thread carry `tag` while the object lives; scopes nest. Inside of kHost
// everything stays kHost: what runs on the host keeps its weights and its scratch there too.
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
