#pragma once
#include <functional>
#include <span>

#include <ATen/core/TensorBody.h>

namespace headroom {

// (latents, sigma) -> estimate of (clean - noise), same shape, float32.
using Predict = std::function<at::Tensor(const at::Tensor& latents, float sigma)>;
// After step `step` (1-based): the new latents, and an estimate of the clean ones.
using OnStep = std::function<void(int step, const at::Tensor& latents, const at::Tensor& clean)>;

// Euler integration of the flow from sigmas.front() to sigmas.back():
// x += (sigma_{k+1} - sigma_k) * (-prediction), float32. `latents` is overwritten and returned.
at::Tensor integrate_euler(at::Tensor latents, std::span<const float> sigmas,
                           const Predict& predict, const OnStep& on_step);

}  // namespace headroom
