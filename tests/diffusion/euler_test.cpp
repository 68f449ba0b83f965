#include "headroom/diffusion/euler.h"

#include "headroom/core/error.h"
#include "headroom/diffusion/schedule.h"

#include "support/fixture.h"

#include <span>

#include <ATen/ops/full.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/neg.h>

namespace headroom {
namespace {

float first(const at::Tensor& x) { return x.const_data_ptr<float>()[0]; }

// The straight flow from noise n to c predicts c - n everywhere, and Euler follows a line exactly.
TEST(Euler, FollowsAStraightFlowToItsEnd) {
  constexpr double kNoise = 2.0;
  constexpr double kClean = -1.5;
  const std::vector<float> sigmas = flow_match_sigmas(5, 3.0);
  std::vector<float> asked;
  int steps = 0;
  at::Tensor latents = at::full({2, 2}, kNoise);
  integrate_euler(
      latents, sigmas,
      [&](const at::Tensor& x, float sigma) {
        asked.push_back(sigma);
        EXPECT_NEAR(first(x), sigma * kNoise + (1 - sigma) * kClean, 1e-6);
        return at::full({2, 2}, kClean - kNoise);
      },
      [&](const at::Tensor& clean) {
        const double sigma = static_cast<double>(sigmas[static_cast<std::size_t>(++steps)]);
        EXPECT_NEAR(first(latents), sigma * kNoise + (1 - sigma) * kClean, 1e-6);
        EXPECT_NEAR(first(clean), kClean, 1e-6);
        return true;
      });
  EXPECT_EQ(steps, 5);
  EXPECT_EQ(asked, std::vector<float>(sigmas.begin(), sigmas.end() - 1));
  EXPECT_NEAR(first(latents), kClean, 1e-6);
}

TEST(Euler, AStepIsTheReferences) {
  for (const std::string& variant : test::variants()) {
    const test::FixtureGroup group = test::load_group(variant, "scheduler");
    const test::FixtureCase& c = group.at("euler_step");
    const int index = c.params.at("index").get<int>();
    const std::vector<float> sigmas =
        flow_match_sigmas(c.params.at("steps").get<int>(), c.params.at("shift").get<double>());
    const std::span<const float> step(sigmas.data() + index, 2);
    at::Tensor x = c.inputs.at("x").clone();
    // The reference's `v` is the direction of the noise, ours that of the picture.
    integrate_euler(
        x, step, [&](const at::Tensor&, float) { return c.inputs.at("v").neg(); },
        [](const at::Tensor&) { return true; });
    EXPECT_TRUE(test::within(x, c.outputs.at("y"))) << variant;
  }
}

TEST(Euler, WithoutStepsGivesBackTheLatents) {
  const std::vector<float> sigmas{0.0F};
  const auto never = [](const at::Tensor& x, float) {
    ADD_FAILURE();
    return x;
  };
  at::Tensor latents = at::full({1}, 7.0);
  integrate_euler(latents, sigmas, never, [](const at::Tensor&) {
    ADD_FAILURE();
    return true;
  });
  EXPECT_EQ(first(latents), 7.0F);
}

TEST(Euler, GoesOnWhereItWasStopped) {
  const std::vector<float> sigmas = flow_match_sigmas(5, 3.0);
  const auto predict = [](const at::Tensor& x, float sigma) { return at::mul(x, sigma + 0.5); };
  const auto integrate = [&](at::Tensor& x, std::size_t from, int steps) {
    integrate_euler(x, std::span(sigmas).subspan(from), predict,
                    [&](const at::Tensor&) { return --steps > 0; });
  };
  at::Tensor whole = at::full({3}, 2.0);
  integrate(whole, 0, 5);
  at::Tensor parts = at::full({3}, 2.0);
  integrate(parts, 0, 2);
  EXPECT_NE(first(parts), first(whole));
  integrate(parts, 2, 3);
  EXPECT_TRUE(test::same_bits(parts, whole));
}

TEST(Euler, LetsACancelThroughAndKeepsTheLastFinishedStep) {
  const std::vector<float> sigmas = flow_match_sigmas(4, 3.0);
  int calls = 0;
  at::Tensor latents = at::full({1}, 1.0);
  float finished = 0;
  const auto predict = [&](const at::Tensor& x, float) {
    if (++calls == 3) throw Cancelled{};
    return x.clone();
  };
  EXPECT_THROW(integrate_euler(latents, sigmas, predict,
                               [&](const at::Tensor&) {
                                 finished = first(latents);
                                 return true;
                               }),
               Cancelled);
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(first(latents), finished);
}

}  // namespace
}  // namespace headroom
