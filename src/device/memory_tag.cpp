#include "headroom/device/memory_tag.h"

#include "thread_scopes.h"

namespace headroom {

ScopedMemoryTag::ScopedMemoryTag(MemoryTag tag) : previous_(thread_scopes().tag) {
  if (previous_ != MemoryTag::kHost) thread_scopes().tag = tag;
}
ScopedMemoryTag::~ScopedMemoryTag() { thread_scopes().tag = previous_; }
MemoryTag ScopedMemoryTag::current() { return thread_scopes().tag; }

}  // namespace headroom
