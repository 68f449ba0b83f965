#pragma once
#include <cstdint>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Adds seeded noise to a prompt's features, for models that draw much the same picture from every
// seed. The noise is uniform from -1 to 1, drawn with `seed`, times `strength` times the standard
// deviation of all features. `percent` percent of the values get it; which ones is drawn with
// `seed` + 1. `features` [L, D] and the result: float32 on the CPU.
[[nodiscard]] at::Tensor vary_features(const at::Tensor& features, double strength, double percent,
                                       std::uint64_t seed);

}  // namespace headroom
