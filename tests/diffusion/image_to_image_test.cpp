#include "headroom/diffusion/image_to_image.h"

#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

// What stands in four places of one channel, whose masks are 0, 0.3, 0.5 and 1, after each of four
// steps: painted is 100, kept is 2 * noise level + (1 - noise level) * 10.
TEST(KeptPart, GreyIsPaintedAnewInSoLargeAPartOfTheStepsTheLastOnes) {
  const at::Tensor repaint = at::tensor({0.0F, 0.3F, 0.5F, 1.0F}).view({1, 4});
  KeptPart kept(repaint, at::full({1, 1, 4}, 10.0), at::full({1, 1, 4}, 2.0));
  constexpr int kSteps = 4;
  // Where it is painted after step k of 4: where the mask is more than 1 - k / 4.
  const std::vector<std::vector<bool>> painted{{false, false, false, true},
                                               {false, false, false, true},
                                               {false, true, true, true},
                                               {false, true, true, true}};
  for (int step = 1; step <= kSteps; ++step) {
    const float sigma = 1.0F - static_cast<float>(step) / kSteps;
    at::Tensor latents = at::full({1, 1, 4}, 100.0);
    kept.prepare(step, kSteps);
    kept.put_into(latents, sigma);
    for (std::int64_t x = 0; x < 4; ++x) {
      const float expected =
          painted[static_cast<std::size_t>(step - 1)][static_cast<std::size_t>(x)]
              ? 100.0F
              : 2 * sigma + 10 * (1 - sigma);
      EXPECT_FLOAT_EQ(latents[0][0][x].item<float>(), expected) << step << " " << x;
    }
  }
}

TEST(KeptPart, BlackAndWhiteAreKeptAndPaintedInEveryStep) {
  const at::Tensor repaint = at::tensor({0.0F, 1.0F}).view({1, 2});
  KeptPart kept(repaint, at::full({3, 1, 2}, 10.0), at::full({3, 1, 2}, 2.0));
  for (const int steps : {1, 7, 1000}) {
    for (const int step : {1, (steps + 1) / 2, steps}) {
      at::Tensor latents = at::full({3, 1, 2}, 100.0);
      kept.prepare(step, steps);
      kept.put_into(latents, 0.25F);
      EXPECT_EQ(latents[2][0][0].item<float>(), 8) << step << " of " << steps;
      EXPECT_EQ(latents[2][0][1].item<float>(), 100) << step << " of " << steps;
    }
  }
}

}  // namespace
}  // namespace headroom
