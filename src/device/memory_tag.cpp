#include "headroom/device/memory_tag.h"

namespace headroom {
namespace {
thread_local MemoryTag current_tag = MemoryTag::kActivations;
}  // namespace

ScopedMemoryTag::ScopedMemoryTag(MemoryTag tag) : previous_(current_tag) {
  if (previous_ != MemoryTag::kHost) current_tag = tag;
}
ScopedMemoryTag::~ScopedMemoryTag() { current_tag = previous_; }
MemoryTag ScopedMemoryTag::current() { return current_tag; }

}  // namespace headroom
