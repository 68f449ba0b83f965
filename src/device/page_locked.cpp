#include "headroom/device/page_locked.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/device/memory_tag.h"

#include "cuda/cuda_runtime.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

namespace headroom {

at::Tensor page_locked(std::int64_t bytes, const c10::Device& device) {
  const at::TensorOptions options = at::TensorOptions(at::kCPU).dtype(at::kByte);
  if (device.is_cpu() || device.is_meta()) {
    // The tag keeps it off the device, which both stand for here.
    const ScopedMemoryTag tag(MemoryTag::kHost);
    return at::empty({bytes}, options.device(device));
  }
  if (!device.is_cuda()) return at::empty({bytes}, options.pinned_memory(true));
  void* const memory = cuda_runtime::lock_host_memory(bytes);
  if (memory == nullptr) {
    throw Error(ErrorKind::kOutOfMemory,
                say("the computer has no {0} of main memory to lock for the card; close other "
                    "programs or choose a smaller size",
                    format_bytes(bytes)));
  }
  return at::from_blob(memory, {bytes}, &cuda_runtime::free_host_memory, options);
}

}  // namespace headroom
