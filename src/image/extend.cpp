#include "headroom/image/extend.h"

#include "headroom/core/error.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

namespace headroom {
namespace {

void check(bool is_good, const char* what) {
  if (!is_good) throw Error(ErrorKind::kInternal, std::string("extending a picture: ") + what);
}

void check_margins(const Margins& m) {
  check(std::min({m.left, m.top, m.right, m.bottom}) >= 0, "a margin is negative");
}

// How new the row or column at `at` is, 0..1, on an axis with these margins.
double newness(int at, int length, int before, int after, int feather) {
  const int inside = length - before - after;
  const int width = std::min(feather, inside / 2);
  const auto along = [&](int margin, int distance) {  // distance from the margin's inner edge
    if (margin == 0) return 0.0;
    if (distance < 0) return 1.0;
    if (distance >= width) return 0.0;
    return 1 - (distance + 0.5) / width;
  };
  return std::max(along(before, at - before), along(after, length - after - 1 - at));
}

}  // namespace

Image extend(const Image& image, const Margins& margins) {
  check_margins(margins);
  check(image.width > 0 && image.height > 0 &&
            image.rgb.size() == std::size_t{3} * static_cast<std::size_t>(image.width) *
                                    static_cast<std::size_t>(image.height),
        "it is malformed");
  Image out{
      image.width + margins.left + margins.right, image.height + margins.top + margins.bottom, {}};
  out.rgb.reserve(std::size_t{3} * static_cast<std::size_t>(out.width) *
                  static_cast<std::size_t>(out.height));
  for (int y = 0; y < out.height; ++y) {
    const int row = std::clamp(y - margins.top, 0, image.height - 1);
    for (int x = 0; x < out.width; ++x) {
      const int column = std::clamp(x - margins.left, 0, image.width - 1);
      const auto from =
          image.rgb.begin() + std::ptrdiff_t{3} * (std::ptrdiff_t{row} * image.width + column);
      out.rgb.insert(out.rgb.end(), from, from + 3);
    }
  }
  return out;
}

GreyImage margin_mask(int width, int height, const Margins& m, int feather_px) {
  check_margins(m);
  check(width > m.left + m.right && height > m.top + m.bottom, "nothing is inside of its margins");
  GreyImage mask{width, height, {}};
  mask.grey.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y) {
    const double down = newness(y, height, m.top, m.bottom, feather_px);
    for (int x = 0; x < width; ++x) {
      const double across = newness(x, width, m.left, m.right, feather_px);
      mask.grey.push_back(static_cast<std::uint8_t>(std::lround(255 * std::max(down, across))));
    }
  }
  return mask;
}

}  // namespace headroom
