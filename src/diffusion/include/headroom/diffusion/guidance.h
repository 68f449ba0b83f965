#pragma once
#include <ATen/core/TensorBody.h>

namespace headroom {

// Classifier-free guidance (Ho & Salimans 2022) in Z-Image's form: pos + scale * (pos - neg). With
// `normalization` c > 0 the result's 2-norm is capped at c * ||pos||. float32, any shape; `neg` is
// overwritten.
[[nodiscard]] at::Tensor guide(const at::Tensor& pos, at::Tensor neg, double scale,
                               double normalization);

// Whether the step at model time `tau` (0 = noise, 1 = clean) is guided: not when scale <= 0, and
// not after `tau` has passed `truncation`, when that is <= 1.
[[nodiscard]] bool is_guided(double scale, double truncation, float tau);

}  // namespace headroom
