#include "headroom/diffusion/noise.h"

#include <algorithm>
#include <cmath>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randn.h>

namespace headroom {

at::Tensor draw_noise(std::uint64_t seed, at::IntArrayRef shape) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed),
                   at::TensorOptions(at::kFloat));
}

std::vector<at::Tensor> draw_noises(std::uint64_t seed, at::IntArrayRef shape, int count) {
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  std::vector<at::Tensor> draws;
  for (int i = 0; i < count; ++i) {
    draws.push_back(at::randn(shape, generator, at::TensorOptions(at::kFloat)));
  }
  return draws;
}

void turn_towards(at::Tensor& noise, const at::Tensor& other, double part) {
  const auto* const a = noise.const_data_ptr<float>();
  const auto* const b = other.const_data_ptr<float>();
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::int64_t i = 0; i < noise.numel(); ++i) {
    ab += double{a[i]} * b[i];
    aa += double{a[i]} * a[i];
    bb += double{b[i]} * b[i];
  }
  const double angle = std::acos(std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0));
  const double sine = std::sin(angle);
  // Angle below which they count as equal or opposite: no unique rotation.
  constexpr double kSame = 1e-6;
  if (!(sine > kSame)) {
    noise.mul_(1 - part).add_(other, part);
    return;
  }
  noise.mul_(std::sin((1 - part) * angle) / sine).add_(other, std::sin(part * angle) / sine);
}

}  // namespace headroom
