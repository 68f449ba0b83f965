#include "headroom/diffusion/noise.h"

#include "support/fixture.h"

#include <cmath>

#include <ATen/TensorOperators.h>

namespace headroom {
namespace {

TEST(Noise, IsTheReferencesBitForBit) {
  for (const std::string& variant : test::variants()) {
    const test::FixtureGroup group = test::load_group(variant, "rng");
    ASSERT_EQ(group.cases.size(), 5U);
    int continued = 0;
    for (const test::FixtureCase& c : group.cases) {
      SCOPED_TRACE(variant + " " + c.name);
      const auto seed = c.params.at("seed").get<std::uint64_t>();
      const auto shape = c.params.at("shape").get<std::vector<std::int64_t>>();
      const at::Tensor first = draw_noise(seed, shape);
      EXPECT_TRUE(test::same_bits(first, c.outputs.at("first").value));
      // One draw of two pictures is two draws of one: the second continues the generator. Holds for
      // a multiple of 16 numbers, which the generator makes at a time.
      if (first.numel() % 16 != 0) continue;
      const at::Tensor both = draw_noise(seed, {2, first.numel()});
      EXPECT_TRUE(test::same_bits(both.select(0, 0).view(shape), first));
      EXPECT_TRUE(test::same_bits(both.select(0, 1).view(shape), c.outputs.at("second").value));
      const std::vector<at::Tensor> draws = draw_noises(seed, shape, 2);
      ASSERT_EQ(draws.size(), 2U);
      EXPECT_TRUE(test::same_bits(draws[0], first));
      EXPECT_TRUE(test::same_bits(draws[1], c.outputs.at("second").value));
      ++continued;
    }
    EXPECT_EQ(continued, 3);
  }
}

TEST(Noise, DependsOnEveryBitOfTheSeed) {
  const at::Tensor zero = draw_noise(0, {64});
  for (const std::uint64_t seed : {std::uint64_t{1}, std::uint64_t{1} << 31U}) {
    EXPECT_FALSE(test::within(draw_noise(seed, {64}), zero, 1e-3)) << seed;
  }
  EXPECT_TRUE(test::same_bits(draw_noise(0, {64}), zero));
}

TEST(Noise, TurnsTowardsAnotherByAPartOfTheAngle) {
  const at::Tensor from = draw_noise(1, {1, 16, 64, 64});
  const at::Tensor other = draw_noise(2, {1, 16, 64, 64});
  const auto turned = [&](double part) {
    at::Tensor noise = from.clone();
    turn_towards(noise, other, part);
    return noise;
  };
  EXPECT_TRUE(test::same_bits(turned(0), from));
  EXPECT_TRUE(test::same_bits(turned(1), other));
  const auto angle = [](const at::Tensor& a, const at::Tensor& b) {
    const at::Tensor x = a.to(at::kDouble);
    const at::Tensor y = b.to(at::kDouble);
    return std::acos((x * y).sum().item<double>() /
                     (x.norm().item<double>() * y.norm().item<double>()));
  };
  const double whole = angle(from, other);
  EXPECT_NEAR(whole, 1.5708, 0.02);  // independent ones stand at a right angle
  for (const double part : {0.1, 0.5, 0.8}) {
    const at::Tensor noise = turned(part);
    // Their lengths differ by a few thousandths, and so does the angle.
    EXPECT_NEAR(angle(from, noise), part * whole, 0.01);
    EXPECT_NEAR(angle(noise, other), (1 - part) * whole, 0.01);
    EXPECT_NEAR(noise.var().item<double>(), 1, 0.03);  // as random as both
  }
  // Towards itself nothing changes.
  at::Tensor same = from.clone();
  turn_towards(same, from, 0.3);
  EXPECT_TRUE(test::within(same, from, 1e-5));
}

}  // namespace
}  // namespace headroom
