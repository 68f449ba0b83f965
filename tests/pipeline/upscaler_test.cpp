#include "headroom/pipeline/upscaler.h"

#include "headroom/core/error.h"
#include "headroom/device/cpu_budget.h"
#include "headroom/forecast/upscale_plan.h"

#include "support/expect_error.h"
#include "support/fixture.h"

#include <algorithm>
#include <cmath>
#include <random>

#include <gmock/gmock.h>

namespace headroom {
namespace {

using test::FixtureCase;
using ::testing::HasSubstr;

constexpr std::int64_t kPlenty = std::int64_t{8} << 30;

Device processor() { return choose_device("cpu"); }

UpscalerFile open(const char* name) { return UpscalerFile(test::upscaler_files() / name); }

Image picture_of(const at::Tensor& values) {
  Image image{static_cast<int>(values.size(2)), static_cast<int>(values.size(1)), {}};
  const auto* const data = values.const_data_ptr<float>();
  for (std::int64_t i = 0; i < values.size(1) * values.size(2); ++i) {
    for (std::int64_t c = 0; c < 3; ++c) {
      const float value = data[c * values.size(1) * values.size(2) + i];
      const float level = std::min(std::max(value, 0.0F), 1.0F) * 255.0F;
      image.rgb.push_back(static_cast<std::uint8_t>(std::lround(level)));
    }
  }
  return image;
}

Image noise(int width, int height) {
  std::mt19937 random(5);
  Image image{width, height, {}};
  for (int i = 0; i < 3 * width * height; ++i) {
    image.rgb.push_back(static_cast<std::uint8_t>(random() & 255U));
  }
  return image;
}

std::optional<Image> enlarge(Upscaler& upscaler, const Image& image, std::int64_t side) {
  const UpscalePlan plan =
      plan_upscale(upscaler.file().config(), image.width, image.height, side, processor());
  return upscaler.run(image, plan, kPlenty, [](std::int64_t, std::int64_t) { return true; });
}

TEST(Upscale, MakesThePictureOfTheReferenceAtOnceAndInPieces) {
  for (const FixtureCase& c : test::load_upscaler_group().cases) {
    if (c.name == "denoise") continue;
    SCOPED_TRACE(c.name);
    Upscaler upscaler(open(c.params.at("files").front().get<std::string>().c_str()), processor(),
                      0);
    const Image expected = picture_of(c.outputs.at("result").value);
    for (const std::int64_t side : {0, 5}) {
      const auto made = enlarge(upscaler, picture_of(c.inputs.at("picture")), side);
      ASSERT_TRUE(made);
      EXPECT_EQ(made->width, expected.width);
      EXPECT_EQ(made->height, expected.height);
      ASSERT_EQ(made->rgb.size(), expected.rgb.size());
      // A difference of 2e-5 takes 2 * 2e-5 * 255 of all values over the step between two levels.
      EXPECT_TRUE(test::within_one_level(made->rgb.data(), expected.rgb.data(), expected.rgb.size(),
                                         2 * 2e-5 * 255));
    }
  }
}

TEST(Upscale, TakesToTheByteWhatThePlanSays) {
  for (const char* const name : {"x4.safetensors", "x2.pth", "general_x4.pth", "general_x3.pth"}) {
    for (const std::int64_t side : {0, 16, 33}) {
      SCOPED_TRACE(std::string(name) + " in pieces of " + std::to_string(side));
      Upscaler upscaler(open(name), processor(), 0);
      const Image image = noise(75, 61);
      const std::int64_t before = cpu_budget::use().total();
      const UpscalePlan plan =
          plan_upscale(upscaler.file().config(), image.width, image.height, side, processor());
      ASSERT_TRUE(enlarge(upscaler, image, side));
      EXPECT_EQ(upscaler.actual_peak().in_use - before, plan.peak_bytes);
      EXPECT_EQ(cpu_budget::use().growths, 0);
      EXPECT_EQ(cpu_budget::use().weights - before, plan.weights_bytes);
      // And again with the weights that are there.
      ASSERT_TRUE(enlarge(upscaler, image, side));
      EXPECT_LE(upscaler.actual_peak().in_use - before, plan.peak_bytes);
    }
  }
  EXPECT_EQ(cpu_budget::use().total(), 0);
}

TEST(Upscale, EndsWhenItIsToldTo) {
  Upscaler upscaler(open("x4.safetensors"), processor(), 0);
  const Image image = noise(20, 20);
  for (const std::int64_t side : {0, 16}) {
    const UpscalePlan plan = plan_upscale(upscaler.file().config(), 20, 20, side, processor());
    std::int64_t asked = 0;
    const auto made = upscaler.run(image, plan, kPlenty, [&](std::int64_t done, std::int64_t) {
      ++asked;
      return done < 2;
    });
    EXPECT_FALSE(made);
    EXPECT_EQ(asked, 3);
  }
  EXPECT_TRUE(enlarge(upscaler, image, 0));
}

TEST(Upscale, AnyAllocationMayFailAndTheNextPictureIsMade) {
  Upscaler upscaler(open("general_x4.pth"), processor(), 0);
  const Image image = noise(20, 20);
  const auto expected = enlarge(upscaler, image, 16);
  int failed = 0;
  for (int n = 1; n < 1000; ++n) {
    cpu_budget::fail_allocation(n);
    const UpscalePlan plan = plan_upscale(upscaler.file().config(), 20, 20, 16, processor());
    try {
      const auto made =
          upscaler.run(image, plan, kPlenty, [](std::int64_t, std::int64_t) { return true; });
      cpu_budget::fail_allocation(0);
      EXPECT_EQ(made->rgb, expected->rgb);
      break;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kOutOfMemory) << error.what();
      ++failed;
    }
  }
  EXPECT_GT(failed, 5);
  EXPECT_EQ(enlarge(upscaler, image, 16)->rgb, expected->rgb);
}

TEST(Upscale, NetworksThatAreNotAlikeAreNotMixed) {
  test::expect_error(ErrorKind::kInvalidRequest, HasSubstr("general_x4.pth"), [] {
    const Upscaler mixed(open("x4.pth"), processor(), 0,
                         Upscaler::Mix{open("general_x4.pth"), 0.5});
  });
}

}  // namespace
}  // namespace headroom
