#include "headroom/diffusion/noise.h"

#include "support/fixture.h"

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

}  // namespace
}  // namespace headroom
