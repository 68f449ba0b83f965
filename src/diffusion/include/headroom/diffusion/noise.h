#pragma once
#include <cstdint>
#include <vector>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Standard normal noise from a CPU generator with `seed`: float32 on the CPU, equal to
// torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed)).
[[nodiscard]] at::Tensor draw_noise(std::uint64_t seed, at::IntArrayRef shape);

// `count` successive draws of one such generator; the first equals draw_noise().
[[nodiscard]] std::vector<at::Tensor> draw_noises(std::uint64_t seed, at::IntArrayRef shape,
                                                  int count);

// Rotates `noise` towards `other`, of the same shape, by `part` (0..1) of the angle between them
// (spherical interpolation over all values), so that the result is again normal noise. At 0 it is
// `noise`, at 1 it is `other`, bit for bit. Both contiguous float32 on the CPU.
void turn_towards(at::Tensor& noise, const at::Tensor& other, double part);

}  // namespace headroom
