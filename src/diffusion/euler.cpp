#include "headroom/diffusion/euler.h"

#include <ATen/ops/add.h>

namespace headroom {

void integrate_euler(at::Tensor& latents, std::span<const float> sigmas, const Predict& predict,
                     const OnStep& on_step) {
  for (std::size_t k = 0; k + 1 < sigmas.size(); ++k) {
    const at::Tensor prediction = predict(latents, sigmas[k]);
    const at::Tensor clean = at::add(latents, prediction, sigmas[k]);
    latents.add_(prediction, sigmas[k] - sigmas[k + 1]);
    if (!on_step(clean)) return;
  }
}

}  // namespace headroom
