#pragma once
#include <cstdint>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Noise whose coarse part is shared between sizes: one seed gives the same coarse part at twice
// the size.
//
// A noise of h x w is made from one of ceil(h/2) x ceil(w/2) by an orthonormal Haar step: each
// coarse value and three new standard normal details become the four values of a 2x2 block, so that
// half the sum of a block is the coarse value, to the bit; with an odd side the last row or column
// is left out. Since the step is orthonormal, all values are standard normal and independent.
// The number of steps is log2(sqrt(h w) / 8), rounded, and the smallest noise is the middle of a
// plane of 64 x 64 values: pictures of another shape with the same number of steps show another
// part of one plane. Below 8 values a side there is no step.
//
// Values are multiples of 2^-11 / 2^steps, so that the sums are exact.

// Float32 on the CPU, [1, channels, height, width].
[[nodiscard]] at::Tensor draw_pyramid_noise(std::uint64_t seed, std::int64_t channels,
                                            std::int64_t height, std::int64_t width);

}  // namespace headroom
