#pragma once
#include <cstdint>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Host memory, [bytes] uint8, that `device` can copy from and to by itself. On a GPU it is
// page-locked and exactly this large; libtorch's own would be rounded up to a power of two and
// cached when freed. On the CPU it is ordinary memory, on meta a recorded block. It is freed with
// the tensor, when no copy may be queued any more. Locking pages takes seconds per 10 GB, so keep
// what is needed again. Throws Error{kOutOfMemory} when the machine has too little.
[[nodiscard]] at::Tensor page_locked(std::int64_t bytes, const c10::Device& device);

}  // namespace headroom
