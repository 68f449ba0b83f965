#pragma once
#include <cstdint>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Memory of the host, [bytes] uint8, out of which and into which `device` copies by itself: on a
// card page-locked and exactly so large, where libtorch's own is rounded up to a power of two and
// kept by its size when it is given back; ordinary memory on the CPU, a recorded block on meta.
// Given back with the tensor, when no copy may be queued any more. To lock pages takes seconds for
// each 10 GB, so what is needed again is kept. Throws Error{kOutOfMemory} when the machine has not
// so much.
[[nodiscard]] at::Tensor page_locked(std::int64_t bytes, const c10::Device& device);

}  // namespace headroom
