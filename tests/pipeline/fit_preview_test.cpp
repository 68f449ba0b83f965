#include "fit_preview.h"

#include "headroom/core/error.h"

#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/stack.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

// Colours of a made-up decoder: a linear map of the latents, each of them a square of `scale`
// pixels.
at::Tensor colours_of(const at::Tensor& latents, int scale) {
  const at::Tensor red = latents[0].mul(0.05).sub(latents[2], 0.02).add(0.5);
  const at::Tensor green = latents[1].mul(0.03).add(0.4);
  const at::Tensor blue = latents[3].mul(-0.06).add(latents[0], 0.01).add(0.55);
  return at::stack({red, green, blue}, 2)
      .mul(255)
      .round()
      .clamp(0, 255)
      .to(at::kByte)
      .repeat_interleave(scale, 0)
      .repeat_interleave(scale, 1);
}

TEST(FitPreview, FindsALinearDecoderAgain) {
  for (const std::int64_t side : {4, 7, 16}) {
    int decoded = 0;
    const auto map = fit_preview(4, side, [&](const at::Tensor& latents) {
      ++decoded;
      EXPECT_EQ(latents.sizes(), (at::IntArrayRef{4, side, side}));
      EXPECT_EQ(latents.scalar_type(), at::kFloat);
      return colours_of(latents, 8);
    });
    ASSERT_TRUE(map) << side;
    EXPECT_EQ(decoded, 2);
    const at::Tensor latents = at::randn({4, 3, 5});
    const auto drawn = map->draw(latents);
    const at::Tensor expected = colours_of(latents, 1).contiguous();
    ASSERT_EQ(drawn->rgb.size(), 45U);
    for (std::size_t i = 0; i < 45; ++i) {
      // Colours are rounded to 255 levels on the way.
      EXPECT_NEAR(drawn->rgb[i], expected.const_data_ptr<std::uint8_t>()[i], 2) << side << ' ' << i;
    }
  }
}

TEST(FitPreview, AChannelThatMakesNoDifferenceIsNoHindrance) {
  const auto map = fit_preview(
      6, 16, [](const at::Tensor& latents) { return colours_of(latents.slice(0, 0, 4), 2); });
  ASSERT_TRUE(map);
  at::Tensor latents = at::randn({6, 2, 2});
  const auto drawn = map->draw(latents);
  latents[5].add_(3);
  const auto other = map->draw(latents);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_NEAR(drawn->rgb[i], other->rgb[i], 3) << i;
}

TEST(FitPreview, ADecoderOfOneColourHasNone) {
  EXPECT_FALSE(fit_preview(4, 8, [](const at::Tensor& latents) {
    return at::full({8 * latents.size(1), 8 * latents.size(2), 3}, 128, at::kByte);
  }));
}

TEST(FitPreview, PassesOnWhatTheDecoderThrows) {
  EXPECT_THROW(fit_preview(4, 8,
                           [](const at::Tensor&) -> at::Tensor {
                             throw Error(ErrorKind::kModelFile, "is damaged");
                           }),
               Error);
}

}  // namespace
}  // namespace headroom
