#include "health.h"

#include <cmath>
#include <cstdlib>

#include <ATen/ops/sum.h>

namespace headroom {

// One number is read back instead of a whole tensor of flags: anything that is not finite stays so
// in a sum.
bool is_finite(const at::Tensor& values) {
  return std::isfinite(at::sum(values, at::kDouble).item<double>());
}

bool is_one_colour(const Image& image) {
  constexpr int kNoise = 1;  // levels, as rounding makes them
  for (std::size_t i = 0; i < image.rgb.size(); ++i) {
    if (std::abs(int{image.rgb[i]} - int{image.rgb[i % 3]}) > kNoise) return false;
  }
  return true;
}

}  // namespace headroom
