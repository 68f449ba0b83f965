#include "headroom/device/page_locked.h"

#include "headroom/device/memory_tag.h"

#include "backends.h"

#include <ATen/ops/empty.h>

namespace headroom {

at::Tensor page_locked(std::int64_t bytes, const c10::Device& device) {
  for (const BackendKind& kind : backend_kinds()) {
    if (kind.tensors == device.type()) return kind.host_memory(bytes);
  }
  // For meta tensors: the tag counts the block as host memory.
  const ScopedMemoryTag tag(MemoryTag::kHost);
  return at::empty({bytes}, at::TensorOptions(device).dtype(at::kByte));
}

}  // namespace headroom
