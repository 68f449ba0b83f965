#include "headroom/diffusion/schedule.h"

namespace headroom {

std::vector<float> flow_match_sigmas(int steps, double shift) {
  const auto s = static_cast<float>(shift);
  const float last = 1.0F / static_cast<float>(steps);
  const float step = steps > 1 ? (last - 1.0F) / static_cast<float>(steps - 1) : 0.0F;
  std::vector<float> sigmas;
  sigmas.reserve(static_cast<std::size_t>(steps) + 1);
  for (int k = 0; k < steps; ++k) {
    // Counts from the nearer end, as linspace does, so that rounding is the same.
    const float base = k < steps / 2 || steps == 1
                           ? 1.0F + step * static_cast<float>(k)
                           : last - step * static_cast<float>(steps - 1 - k);
    sigmas.push_back(s * base / (1.0F + (s - 1.0F) * base));
  }
  sigmas.push_back(0.0F);
  return sigmas;
}

float model_time(float sigma) {
  const float timestep = sigma * 1000.0F;
  return (1000.0F - timestep) / 1000.0F;
}

}  // namespace headroom
