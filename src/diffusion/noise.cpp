#include "headroom/diffusion/noise.h"

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

}  // namespace headroom
