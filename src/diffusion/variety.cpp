#include "headroom/diffusion/variety.h"

#include <cmath>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/lt.h>
#include <ATen/ops/rand.h>

namespace headroom {
namespace {

at::Tensor draw_uniform(std::uint64_t seed, at::IntArrayRef shape) {
  return at::rand(shape, at::make_generator<at::CPUGeneratorImpl>(seed),
                  at::TensorOptions(at::kFloat));
}

double deviation(const at::Tensor& features) {
  const auto* const values = features.const_data_ptr<float>();
  const auto count = static_cast<double>(features.numel());
  double sum = 0;
  for (std::int64_t i = 0; i < features.numel(); ++i) sum += values[i];
  const double mean = sum / count;
  double squares = 0;
  for (std::int64_t i = 0; i < features.numel(); ++i) {
    squares += (values[i] - mean) * (values[i] - mean);
  }
  return std::sqrt(squares / count);
}

}  // namespace

at::Tensor vary_features(const at::Tensor& features, double strength, double percent,
                         std::uint64_t seed) {
  const at::Tensor dense = features.contiguous();
  const at::Tensor places = at::lt(draw_uniform(seed + 1, dense.sizes()), percent / 100);
  return draw_uniform(seed, dense.sizes())
      .mul_(2)
      .sub_(1)
      .mul_(strength * deviation(dense))
      .mul_(places)
      .add_(dense);
}

}  // namespace headroom
