#include "cuda/cuda_host_memory.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"

#include "cuda_runtime.h"

#include <ATen/ops/from_blob.h>

namespace headroom {

at::Tensor cuda_host_memory(std::int64_t bytes) {
  void* const memory = cuda_runtime::lock_host_memory(bytes);
  if (memory == nullptr) {
    throw Error(ErrorKind::kOutOfMemory,
                say("the computer has no {0} of main memory to lock for the card; close other "
                    "programs or choose a smaller size",
                    format_bytes(bytes)));
  }
  return at::from_blob(memory, {bytes}, &cuda_runtime::free_host_memory,
                       at::TensorOptions(at::kCPU).dtype(at::kByte));
}

}  // namespace headroom
