#pragma once
#include <functional>
#include <span>

#include <ATen/core/TensorBody.h>

namespace headroom {

// (latents, sigma) -> estimate of (clean - noise), same shape, float32.
using Predict = std::function<at::Tensor(const at::Tensor& latents, float sigma)>;
// After a step: an estimate of the clean latents. False: stop here.
using OnStep = std::function<bool(const at::Tensor& clean)>;

// Euler integration of the flow from sigmas.front() to sigmas.back():
// x += (sigma_{k+1} - sigma_k) * (-prediction), float32. `latents` is overwritten, a whole step at
// a time: after an exception of `predict` it holds the last finished step.
void integrate_euler(at::Tensor& latents, std::span<const float> sigmas, const Predict& predict,
                     const OnStep& on_step);

}  // namespace headroom
