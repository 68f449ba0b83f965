#pragma once
#include "headroom/core/ledger.h"

namespace headroom {

// Allocations of this thread carry `tag` while the object lives; scopes nest.
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
