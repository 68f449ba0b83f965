#include "headroom/diffusion/schedule.h"

#include "headroom/weights/tensor_file.h"

#include "support/paths.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace headroom {
namespace {

// Without tensors: the schedule is arithmetic.
std::vector<float> values(const TensorFile& file, const nlohmann::json& output) {
  const TensorView& view = file.tensors().at(output.at("tensor").get<std::string>());
  std::vector<float> result(view.data.size() / sizeof(float));
  std::memcpy(result.data(), view.data.data(), view.data.size());
  return result;
}

TEST(Schedule, SigmasAndModelTimesAreTheReferences) {
  for (const std::string variant : {"tiny", "f32"}) {
    const std::filesystem::path folder = test::data_folder() / "zimage" / variant / "expected";
    std::ifstream in(folder / "scheduler.json");
    const auto json = nlohmann::json::parse(in);
    const TensorFile file(folder / "scheduler.safetensors");
    int static_shifts = 0;  // the other cases: dynamic shifting, image-to-image
    for (const auto& c : json.at("cases")) {
      if (!c.at("outputs").contains("tau")) continue;
      ++static_shifts;
      SCOPED_TRACE(c.at("name").get<std::string>());
      const std::vector<float> sigmas = flow_match_sigmas(c.at("params").at("steps").get<int>(),
                                                          c.at("params").at("shift").get<double>());
      const auto& outputs = c.at("outputs");
      const std::vector<float> expected = values(file, outputs.at("sigmas"));
      ASSERT_EQ(sigmas.size(), expected.size());
      for (std::size_t k = 0; k < sigmas.size(); ++k) {
        EXPECT_NEAR(sigmas[k], expected[k], outputs.at("sigmas").at("atol").get<double>()) << k;
      }
      // The time is exact arithmetic on a given sigma, so the reference's sigmas give its times.
      const std::vector<float> tau = values(file, outputs.at("tau"));
      ASSERT_EQ(tau.size() + 1, expected.size());
      for (std::size_t k = 0; k < tau.size(); ++k) EXPECT_EQ(model_time(expected[k]), tau[k]) << k;
    }
    EXPECT_EQ(static_shifts, 27);
  }
}

TEST(Schedule, FallsFromOneToZero) {
  for (const double shift : {0.5, 1.0, 3.0, 6.0}) {
    for (int steps = 1; steps <= 100; ++steps) {
      const std::vector<float> sigmas = flow_match_sigmas(steps, shift);
      ASSERT_EQ(sigmas.size(), static_cast<std::size_t>(steps) + 1);
      EXPECT_EQ(sigmas.front(), 1.0F);
      EXPECT_EQ(sigmas.back(), 0.0F);
      for (std::size_t k = 1; k < sigmas.size(); ++k) EXPECT_LT(sigmas[k], sigmas[k - 1]);
    }
  }
}

TEST(Schedule, FollowsTheShiftFormula) {
  const std::vector<float> sigmas = flow_match_sigmas(8, 3.0);
  for (int k = 0; k < 8; ++k) {
    const double base = 1.0 - k / 8.0;
    EXPECT_NEAR(sigmas[static_cast<std::size_t>(k)], 3 * base / (1 + 2 * base), 2e-7);
  }
}

}  // namespace
}  // namespace headroom
