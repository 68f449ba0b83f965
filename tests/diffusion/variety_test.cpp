#include "headroom/diffusion/variety.h"

#include "headroom/diffusion/noise.h"

#include "support/fixture.h"

#include <cmath>

#include <ATen/TensorOperators.h>
#include <ATen/ops/ne.h>

namespace headroom {
namespace {

at::Tensor features() { return draw_noise(3, {200, 500}).mul_(4).add_(1); }

TEST(Variety, AddsUniformNoiseInSoManyPercentOfThePlaces) {
  const at::Tensor plain = features();
  const double deviation = plain.std(/*unbiased=*/false).item<double>();
  const at::Tensor added = vary_features(plain, 0.3, 25, 9) - plain;
  const at::Tensor places = at::ne(added, 0);
  const double n = 200 * 500;
  const double share = places.sum().item<double>() / n;
  EXPECT_NEAR(share, 0.25, 5 * std::sqrt(0.25 * 0.75 / n));
  const double most = 0.3 * deviation;
  EXPECT_LE(added.abs().max().item<double>(), most * 1.0001);
  EXPECT_GT(added.abs().max().item<double>(), most * 0.99);
  // A uniform distribution from -a to a has the variance a^2 / 3.
  const double variance = (added * added).sum().item<double>() / (share * n);
  EXPECT_NEAR(variance, most * most / 3, 0.03 * most * most / 3);
  EXPECT_NEAR(added.sum().item<double>() / (share * n), 0, 5 * most / std::sqrt(3 * share * n));
}

TEST(Variety, IsTheSeedsAndNothingAtStrengthZero) {
  const at::Tensor plain = features();
  EXPECT_TRUE(test::same_bits(vary_features(plain, 0, 50, 9), plain));
  EXPECT_TRUE(test::same_bits(vary_features(plain, 0.5, 0, 9), plain));
  EXPECT_TRUE(test::same_bits(vary_features(plain, 0.5, 50, 9), vary_features(plain, 0.5, 50, 9)));
  EXPECT_FALSE(
      test::same_bits(vary_features(plain, 0.5, 50, 9), vary_features(plain, 0.5, 50, 10)));
}

}  // namespace
}  // namespace headroom
