#include "numeric_checks.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <ATen/ops/sum.h>

namespace headroom {

// Reads back one number instead of a tensor of flags: a sum with a term that is not finite is not
// finite.
bool is_finite(const at::Tensor& values) {
  return std::isfinite(at::sum(values, at::kDouble).item<double>());
}

// The border is ignored, since convolutions pad there: it differs even if a decoder has no
// weights. In small pictures all pixels must be equal, since their middle is only a few latents
// and may be one colour by chance.
bool is_one_colour(const Image& image) {
  constexpr int kNoise = 1;  // grey levels, from rounding
  constexpr int kBorderPart = 8;
  constexpr int kLeastWithBorder_px = 256;
  const bool has_border = std::min(image.width, image.height) >= kLeastWithBorder_px;
  const auto border = [&](int side) { return has_border ? side / kBorderPart : 0; };
  const int left = border(image.width);
  const int top = border(image.height);
  const auto at = [&](int x, int y) {
    return 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                static_cast<std::size_t>(x));
  };
  const std::size_t first = at(left, top);
  for (int y = top; y < image.height - top; ++y) {
    for (std::size_t i = at(left, y); i < at(image.width - left, y); ++i) {
      if (std::abs(int{image.rgb[i]} - int{image.rgb[first + i % 3]}) > kNoise) return false;
    }
  }
  return true;
}

}  // namespace headroom
