#pragma once
#include <vector>

namespace headroom {

// Flow-match Euler schedule (Esser et al. 2024, as diffusers' FlowMatchEulerDiscreteScheduler with
// a static shift): sigma_k = s b_k / (1 + (s - 1) b_k) with b = linspace(1, 1/steps, steps), then
// 0. Returns steps + 1 values, float32 arithmetic. steps >= 1, shift > 0.
[[nodiscard]] std::vector<float> flow_match_sigmas(int steps, double shift);

// The model's time at a noise level: (1000 - 1000 sigma) / 1000 in float32, in this order.
[[nodiscard]] float model_time(float sigma);

}  // namespace headroom
