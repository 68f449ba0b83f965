#pragma once
#include <cstdint>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Standard normal noise from a CPU generator with `seed`: float32 on the CPU, equal to
// torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed)).
[[nodiscard]] at::Tensor draw_noise(std::uint64_t seed, at::IntArrayRef shape);

}  // namespace headroom
