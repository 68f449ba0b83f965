#include "headroom/diffusion/euler.h"

#include "headroom/core/error.h"
#include "headroom/diffusion/schedule.h"

#include "support/fixture.h"

#include <span>

#include <ATen/ops/full.h>
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
  const at::Tensor end = integrate_euler(
      at::full({2, 2}, kNoise), sigmas,
      [&](const at::Tensor& x, float sigma) {
        asked.push_back(sigma);
        EXPECT_NEAR(first(x), sigma * kNoise + (1 - sigma) * kClean, 1e-6);
        return at::full({2, 2}, kClean - kNoise);
      },
      [&](int step, const at::Tensor& x, const at::Tensor& clean) {
        EXPECT_EQ(step, ++steps);
        const double sigma = static_cast<double>(sigmas[static_cast<std::size_t>(step)]);
        EXPECT_NEAR(first(x), sigma * kNoise + (1 - sigma) * kClean, 1e-6);
        EXPECT_NEAR(first(clean), kClean, 1e-6);
      });
  EXPECT_EQ(steps, 5);
  EXPECT_EQ(asked, std::vector<float>(sigmas.begin(), sigmas.end() - 1));
  EXPECT_NEAR(first(end), kClean, 1e-6);
}

TEST(Euler, AStepIsTheReferences) {
  for (const std::string& variant : test::variants()) {
    const test::FixtureGroup group = test::load_group(variant, "scheduler");
    const test::FixtureCase& c = group.at("euler_step");
    const int index = c.params.at("index").get<int>();
    const std::vector<float> sigmas =
        flow_match_sigmas(c.params.at("steps").get<int>(), c.params.at("shift").get<double>());
    const std::span<const float> step(sigmas.data() + index, 2);
    const at::Tensor y = integrate_euler(
        c.inputs.at("x").clone(), step,
        // The reference's `v` is the direction of the noise, ours that of the picture.
        [&](const at::Tensor&, float) { return c.inputs.at("v").neg(); },
        [](int, const at::Tensor&, const at::Tensor&) {});
    EXPECT_TRUE(test::within(y, c.outputs.at("y"))) << variant;
  }
}

TEST(Euler, WithoutStepsGivesBackTheLatents) {
  const std::vector<float> sigmas{0.0F};
  const auto never = [](const at::Tensor& x, float) {
    ADD_FAILURE();
    return x;
  };
  const at::Tensor end =
      integrate_euler(at::full({1}, 7.0), sigmas, never,
                      [](int, const at::Tensor&, const at::Tensor&) { ADD_FAILURE(); });
  EXPECT_EQ(first(end), 7.0F);
}

TEST(Euler, LetsACancelThrough) {
  const std::vector<float> sigmas = flow_match_sigmas(4, 3.0);
  int calls = 0;
  const auto predict = [&](const at::Tensor& x, float) {
    if (++calls == 3) throw Cancelled{};
    return x.clone();
  };
  EXPECT_THROW(integrate_euler(at::full({1}, 1.0), sigmas, predict,
                               [](int, const at::Tensor&, const at::Tensor&) {}),
               Cancelled);
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace headroom
