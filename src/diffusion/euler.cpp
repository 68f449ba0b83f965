#include "headroom/diffusion/euler.h"

#include <ATen/ops/add.h>

namespace headroom {

at::Tensor integrate_euler(at::Tensor latents, std::span<const float> sigmas,
                           const Predict& predict, const OnStep& on_step) {
  for (std::size_t k = 0; k + 1 < sigmas.size(); ++k) {
    const at::Tensor prediction = predict(latents, sigmas[k]);
    const at::Tensor clean = at::add(latents, prediction, sigmas[k]);
    latents.add_(prediction, sigmas[k] - sigmas[k + 1]);
    on_step(static_cast<int>(k) + 1, latents, clean);
  }
  return latents;
}

}  // namespace headroom
