#include "headroom/diffusion/pyramid_noise.h"

#include "headroom/diffusion/noise.h"

#include <algorithm>
#include <cmath>

#include <ATen/ops/empty.h>
#include <ATen/ops/mul.h>

namespace headroom {
namespace {

constexpr std::int64_t kPlane = 64;
constexpr double kSmallest = 8;
constexpr double kQuantum = 2048;  // 1 / the step between drawn values

struct Sides {
  std::int64_t height, width;
  [[nodiscard]] Sides half() const { return {(height + 1) / 2, (width + 1) / 2}; }
};

int steps_for(Sides sides) {
  const double area = static_cast<double>(sides.height) * static_cast<double>(sides.width);
  int steps =
      std::max(0, static_cast<int>(std::lround(std::log2(area) / 2 - std::log2(kSmallest))));
  Sides smallest = sides;
  for (int i = 0; i < steps; ++i) smallest = smallest.half();
  for (; std::max(smallest.height, smallest.width) > kPlane; ++steps) smallest = smallest.half();
  return steps;
}

// Mixes seed and level (SplitMix64), so that no level of one seed has the noise of a nearby seed.
std::uint64_t level_seed(std::uint64_t seed, int level) {
  std::uint64_t z = seed + 0x9E3779B97F4A7C15U * (static_cast<std::uint64_t>(level) + 1);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

at::Tensor draw(std::uint64_t seed, int level, at::IntArrayRef shape) {
  return draw_noise(level_seed(seed, level), shape).mul_(kQuantum).round_().div_(kQuantum);
}

// One Haar step from `coarse` [C, h/2, w/2] and `details` [3, C, h/2, w/2] to [C, h, w].
at::Tensor refine(const at::Tensor& coarse, const at::Tensor& details, Sides sides) {
  at::Tensor fine = at::empty({coarse.size(0), sides.height, sides.width}, coarse.options());
  const auto low = coarse.accessor<float, 3>();
  const auto detail = details.accessor<float, 4>();
  auto out = fine.accessor<float, 3>();
  for (std::int64_t c = 0; c < out.size(0); ++c) {
    for (std::int64_t y = 0; y < sides.height; ++y) {
      for (std::int64_t x = 0; x < sides.width; ++x) {
        const std::int64_t i = y / 2;
        const std::int64_t j = x / 2;
        const float across = x % 2 == 0 ? detail[0][c][i][j] : -detail[0][c][i][j];
        const float down = y % 2 == 0 ? detail[1][c][i][j] : -detail[1][c][i][j];
        const float both = (x + y) % 2 == 0 ? detail[2][c][i][j] : -detail[2][c][i][j];
        out[c][y][x] = (low[c][i][j] + across + down + both) * 0.5F;
      }
    }
  }
  return fine;
}

at::Tensor draw_level(std::uint64_t seed, std::int64_t channels, Sides sides, int level) {
  if (level == 0) {
    return draw(seed, 0, {channels, kPlane, kPlane})
        .narrow(1, (kPlane - sides.height) / 2, sides.height)
        .narrow(2, (kPlane - sides.width) / 2, sides.width)
        .contiguous();
  }
  const Sides half = sides.half();
  const at::Tensor coarse = draw_level(seed, channels, half, level - 1);
  return refine(coarse, draw(seed, level, {3, channels, half.height, half.width}), sides);
}

}  // namespace

at::Tensor draw_pyramid_noise(std::uint64_t seed, std::int64_t channels, std::int64_t height,
                              std::int64_t width) {
  const Sides sides{height, width};
  return draw_level(seed, channels, sides, steps_for(sides)).unsqueeze(0);
}

}  // namespace headroom
