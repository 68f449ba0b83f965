#pragma once
#include <cstdint>

#include <ATen/core/TensorBody.h>

namespace headroom {

// See page_locked.h.
[[nodiscard]] at::Tensor cuda_host_memory(std::int64_t bytes);

}  // namespace headroom
