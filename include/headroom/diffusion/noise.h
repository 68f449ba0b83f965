#pragma once
#include <cstdint>
#include <vector>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Standard normal noise from a CPU generator with `seed`: float32 on the CPU, equal to
// torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed)).
[[nodiscard]] at::Tensor draw_noise(std::uint64_t seed, at::IntArrayRef shape);

// The next `count` draws of such a generator, the first equal to draw_noise().
[[nodiscard]] std::vector<at::Tensor> draw_noises(std::uint64_t seed, at::IntArrayRef shape,
                                                  int count);

}  // namespace headroom
