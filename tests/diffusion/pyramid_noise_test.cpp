#include "headroom/diffusion/pyramid_noise.h"

#include "support/fixture.h"

#include <cmath>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/stack.h>

namespace headroom {
namespace {

// Half the sum of each block of 2x2, by additions alone: no rounding where the sums are exact.
at::Tensor coarse_part(const at::Tensor& noise) {
  const auto part = [&](std::int64_t dy, std::int64_t dx) {
    return noise.slice(2, dy, noise.size(2), 2).slice(3, dx, noise.size(3), 2);
  };
  return (part(0, 0) + part(0, 1) + part(1, 0) + part(1, 1)) / 2;
}

TEST(PyramidNoise, HalfTheSumsOfItsBlocksAreTheNoiseOfHalfTheSizeToTheBit) {
  for (const auto& [height, width] :
       {std::pair{16, 16}, {64, 64}, {48, 32}, {72, 128}, {36, 64}, {10, 400}}) {
    for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1} << 40}) {
      const at::Tensor fine = draw_pyramid_noise(seed, 3, 2 * height, 2 * width);
      const at::Tensor coarse = draw_pyramid_noise(seed, 3, height, width);
      ASSERT_EQ(coarse.sizes(), (std::vector<std::int64_t>{1, 3, height, width}));
      EXPECT_TRUE(test::same_bits(coarse_part(fine).contiguous(), coarse))
          << height << "x" << width;
    }
  }
}

TEST(PyramidNoise, ADifferentShapeShowsThePlanesMiddle) {
  // 128 x 128 and 72 x 128 take four steps: 8 x 8 and 5 x 8 values of the plane.
  at::Tensor square = draw_pyramid_noise(3, 1, 128, 128);
  at::Tensor wide = draw_pyramid_noise(3, 1, 72, 128);
  for (int i = 0; i < 3; ++i) {
    square = coarse_part(square);
    wide = coarse_part(wide);
  }
  // 9 rows, of which the last one's partner is left out; so 8 make whole blocks.
  const at::Tensor middle = coarse_part(wide.narrow(2, 0, 8));
  const at::Tensor whole = coarse_part(square);
  // (64 - 5) / 2 is row 29 of the plane, (64 - 8) / 2 row 28.
  EXPECT_TRUE(test::same_bits(middle.contiguous(), whole.narrow(2, 1, 4).contiguous()));
}

// Of n standard normal values the mean has deviation 1/sqrt(n), the variance sqrt(2/n), and the
// covariance of two such sequences 1/sqrt(n): five of them are a wide margin.
TEST(PyramidNoise, IsWhite) {
  for (const auto& [height, width] : {std::pair{64, 64}, {72, 128}, {7, 5}}) {
    std::vector<at::Tensor> draws;
    const int seeds = 2000000 / (4 * height * width);
    for (int seed = 0; seed < seeds; ++seed) {
      draws.push_back(draw_pyramid_noise(static_cast<std::uint64_t>(seed), 4, height, width)[0]);
    }
    const at::Tensor all = at::stack(draws);  // [N, 4, h, w]
    const auto near = [&](const at::Tensor& products, double expected, double deviation,
                          const char* what) {
      const auto n = static_cast<double>(products.numel());
      EXPECT_NEAR(products.mean(at::kDouble).item<double>(), expected, 5 * deviation / std::sqrt(n))
          << what << " " << height << "x" << width;
    };
    near(all, 0, 1, "mean");
    near(all * all, 1, std::sqrt(2.0), "variance");
    near(all * all * all * all, 3, std::sqrt(96.0), "fourth moment");
    const auto cov = [&](std::int64_t dy, std::int64_t dx) {
      const at::Tensor a = all.narrow(2, 0, height - dy).narrow(3, 0, width - dx);
      const at::Tensor b = all.narrow(2, dy, height - dy).narrow(3, dx, width - dx);
      near(a * b, 0, 1, "covariance");
    };
    for (const auto& [dy, dx] : {std::pair{0, 1}, {1, 0}, {1, 1}, {0, 2}, {2, 2}, {0, 4}})
      cov(dy, dx);
    near(all.narrow(1, 0, 3) * all.narrow(1, 1, 3), 0, 1, "covariance of channels");
    // The parity of a place must not matter.
    const at::Tensor corner = all.slice(2, 0, height, 2).slice(3, 0, width, 2);
    near(corner * corner, 1, std::sqrt(2.0), "variance of corners");
  }
}

TEST(PyramidNoise, SeedsAreIndependent) {
  const at::Tensor a = draw_pyramid_noise(7, 16, 128, 128);
  const at::Tensor b = draw_pyramid_noise(8, 16, 128, 128);
  const double n = static_cast<double>(a.numel());
  EXPECT_NEAR((a * b).mean(at::kDouble).item<double>(), 0, 5 / std::sqrt(n));
  EXPECT_TRUE(test::same_bits(a, draw_pyramid_noise(7, 16, 128, 128)));
}

}  // namespace
}  // namespace headroom
