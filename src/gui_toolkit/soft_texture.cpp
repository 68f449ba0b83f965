#include "soft_texture.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace headroom {
namespace {

SoftTexture::Level half_of(const SoftTexture::Level& whole) {
  SoftTexture::Level half{std::max(1, whole.width / 2), std::max(1, whole.height / 2), {}};
  half.rgba.reserve(std::size_t{4} * half.width * half.height);
  const auto at = [&](int x, int y, int channel) {
    const auto row = static_cast<std::size_t>(std::min(y, whole.height - 1)) * whole.width;
    return int{whole.rgba[4 * (row + std::min(x, whole.width - 1)) + channel]};
  };
  for (int y = 0; y < half.height; ++y) {
    for (int x = 0; x < half.width; ++x) {
      for (int c = 0; c < 4; ++c) {
        const int sum = at(2 * x, 2 * y, c) + at(2 * x + 1, 2 * y, c) + at(2 * x, 2 * y + 1, c) +
                        at(2 * x + 1, 2 * y + 1, c);
        half.rgba.push_back(static_cast<std::uint8_t>((sum + 2) / 4));
      }
    }
  }
  return half;
}

}  // namespace

SoftTexture::SoftTexture(int width, int height, int channels, const std::uint8_t* pixels,
                         bool has_halves) {
  Level& whole = levels_.emplace_back(Level{width, height, {}});
  const std::size_t count = static_cast<std::size_t>(width) * height;
  whole.rgba.reserve(4 * count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* const pixel = pixels + i * channels;
    whole.rgba.insert(whole.rgba.end(), pixel, pixel + 3);
    whole.rgba.push_back(channels == 4 ? pixel[3] : 255);
  }
  while (has_halves && (levels_.back().width > 1 || levels_.back().height > 1))
    levels_.push_back(half_of(levels_.back()));
}

const SoftTexture::Level& SoftTexture::level_for(double texels) const {
  if (!(texels > 1)) return levels_.front();
  // Rather too sharp than too soft, as OpenGL's textures are drawn (texture.cpp).
  const long level = std::lround(std::log2(texels) - 0.5);
  return levels_[static_cast<std::size_t>(
      std::clamp(level, 0L, static_cast<long>(levels_.size()) - 1))];
}

}  // namespace headroom
