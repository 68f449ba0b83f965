#pragma once
#include <cstdint>

#include <ATen/core/TensorBody.h>

namespace headroom {

// A prompt's features with seeded noise on them: for models that draw much the same picture from
// every seed. Added is uniform noise from -1 to 1, drawn with `seed`, times `strength` times the
// standard deviation of all features, in `percent` percent of the places, which are drawn with
// `seed` + 1. `features` [L, D] and the result: float32 on the CPU.
[[nodiscard]] at::Tensor vary_features(const at::Tensor& features, double strength, double percent,
                                       std::uint64_t seed);

}  // namespace headroom
