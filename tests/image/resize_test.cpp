#include "headroom/image/resize.h"

#include "headroom/core/error.h"
#include "headroom/weights/tensor_file.h"

#include "support/expect_error.h"
#include "support/paths.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;
using test::expect_error;
using testing::Each;
using testing::ElementsAre;

// The reference's cases of one fixture set (tools/reference/make_fixtures.py).
class ResizeFixture : public testing::TestWithParam<const char*> {
 protected:
  ResizeFixture()
      : folder_(test::data_folder() / "zimage" / GetParam() / "expected"),
        tensors_(folder_ / "image.safetensors") {
    std::ifstream(folder_ / "image.json") >> cases_;
    cases_ = cases_.at("cases");
  }

  [[nodiscard]] std::vector<std::uint8_t> values(const json& entry) const {
    const TensorView& tensor = tensors_.tensors().at(entry.at("tensor").get<std::string>());
    EXPECT_EQ(tensor.dtype, DType::kU8);
    std::vector<std::uint8_t> out;
    for (const std::byte b : tensor.data) out.push_back(std::to_integer<std::uint8_t>(b));
    return out;
  }
  // Where the reference's value is close to the threshold, the fixture lets single pixels differ.
  void expect_nearly_equal(const std::vector<std::uint8_t>& mask, const json& entry) const {
    const std::vector<std::uint8_t> expected = values(entry);
    ASSERT_EQ(mask.size(), expected.size());
    double different = 0;
    for (std::size_t i = 0; i < mask.size(); ++i) different += mask[i] != expected[i] ? 1 : 0;
    const double allowed = entry.at("fraction_allowed");
    EXPECT_LE(different, allowed * static_cast<double>(mask.size()));
  }
  static int height(const json& entry) { return entry.at("shape").at(0); }
  static int width(const json& entry) { return entry.at("shape").at(1); }

  std::filesystem::path folder_;
  TensorFile tensors_;
  json cases_;
};

TEST_P(ResizeFixture, LanczosEqualsTheReference) {
  int checked = 0;
  for (const json& one : cases_) {
    if (!one.at("inputs").contains("image")) continue;
    SCOPED_TRACE(one.at("name").get<std::string>());
    const json& in = one.at("inputs").at("image");
    const json& out = one.at("outputs").at("image");
    const Image image{width(in), height(in), values(in)};
    const Image resized = resize_lanczos(image, width(out), height(out));
    EXPECT_EQ(resized.width, width(out));
    EXPECT_EQ(resized.height, height(out));
    EXPECT_EQ(resized.rgb, values(out));
    ++checked;
  }
  EXPECT_EQ(checked, 3);
}

TEST_P(ResizeFixture, MasksEqualTheReference) {
  int checked = 0;
  for (const json& one : cases_) {
    if (!one.at("inputs").contains("mask")) continue;
    SCOPED_TRACE(one.at("name").get<std::string>());
    const json& in = one.at("inputs").at("mask");
    const json& binary = one.at("outputs").at("binary");
    const GreyImage mask{width(in), height(in), values(in)};
    const GreyImage full = binary_mask(mask, width(binary), height(binary));
    expect_nearly_equal(full.grey, binary);
    ++checked;
  }
  EXPECT_EQ(checked, 3);
}

INSTANTIATE_TEST_SUITE_P(Zimage, ResizeFixture, testing::Values("tiny", "f32"));

// Every pixel tells its place: red is the column, green the row.
Image numbered(int width, int height) {
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.rgb.insert(image.rgb.end(),
                       {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y), 7});
    }
  }
  return image;
}

TEST(Fit, CutsEvenlyOnBothSides) {
  const Image middle = cut_evenly(numbered(11, 6), 6, 4);
  EXPECT_EQ(middle.width, 6);
  EXPECT_EQ(middle.height, 4);
  EXPECT_THAT(std::vector(middle.rgb.begin(), middle.rgb.begin() + 3), ElementsAre(2, 1, 7));
  EXPECT_THAT(std::vector(middle.rgb.end() - 3, middle.rgb.end()), ElementsAre(7, 4, 7));
  EXPECT_EQ(cut_evenly(numbered(5, 3), 5, 3).rgb, numbered(5, 3).rgb);
  expect_error(ErrorKind::kInternal, testing::HasSubstr("larger"),
               [] { (void)cut_evenly(numbered(5, 3), 6, 3); });
}

TEST(Fit, KeepsProportionsAndCutsWhatStandsOut) {
  // Of 40x10 the middle 20x10 has the shape of 8x4.
  const Image wide = fit(numbered(40, 10), 8, 4);
  EXPECT_EQ(wide.rgb, resize_lanczos(cut_evenly(numbered(40, 10), 20, 10), 8, 4).rgb);
  const Image tall = fit(numbered(10, 40), 8, 4);
  EXPECT_EQ(tall.rgb, resize_lanczos(cut_evenly(numbered(10, 40), 10, 5), 8, 4).rgb);
  EXPECT_EQ(fit(numbered(8, 4), 8, 4).rgb, numbered(8, 4).rgb);
  EXPECT_EQ(fit(numbered(1, 200), 64, 64).rgb.size(), 3U * 64 * 64);
}

TEST(Resize, KeepsFlatPicturesFlat) {
  for (const int value : {0, 1, 127, 254, 255}) {
    const Image flat{7, 5, std::vector<std::uint8_t>(3 * 7 * 5, static_cast<std::uint8_t>(value))};
    for (const auto& [width, height] : {std::pair{1, 1}, {3, 9}, {40, 2}, {7, 5}, {7, 6}}) {
      const Image out = resize_lanczos(flat, width, height);
      EXPECT_EQ(out.rgb.size(), static_cast<std::size_t>(3 * width * height));
      EXPECT_THAT(out.rgb, Each(value));
    }
  }
}

TEST(Resize, ClampsOvershoot) {
  // A step from black to white rings beyond both ends of the range.
  const GreyImage step{8, 1, {0, 0, 0, 0, 255, 255, 255, 255}};
  const GreyImage out = resize_lanczos(step, 32, 1);
  EXPECT_EQ(out.grey.front(), 0);
  EXPECT_EQ(out.grey.back(), 255);
  for (std::size_t i = 0; i < 32; ++i) {
    EXPECT_NEAR(out.grey[i] + out.grey[31 - i], 255, 1) << i;  // the step is symmetric
    if (i < 14) {
      EXPECT_LT(out.grey[i], 30) << i;
    }
  }
}

TEST(Resize, GreyWeighsColorsAsBt601) {
  const Image image{4, 1, {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255}};
  // round(255 * 0.299), round(255 * 0.587), round(255 * 0.114)
  EXPECT_THAT(to_grey(image).grey, ElementsAre(76, 150, 29, 255));
}

TEST(Resize, MaskThresholdIsHalf) {
  EXPECT_THAT(binary_mask({4, 1, {0, 127, 128, 255}}, 4, 1).grey, ElementsAre(0, 0, 1, 1));
}

TEST(Resize, RefusesMalformedPicturesAndSizes) {
  const Image good{2, 1, std::vector<std::uint8_t>(6)};
  const GreyImage grey{2, 1, {1, 2}};
  for (const auto& [width, height] : {std::pair{0, 4}, {4, 0}, {-1, 4}}) {
    expect_error(ErrorKind::kInternal, testing::_,
                 [&, w = width, h = height] { (void)resize_lanczos(good, w, h); });
    expect_error(ErrorKind::kInternal, testing::_,
                 [&, w = width, h = height] { (void)resize_lanczos(grey, w, h); });
  }
  expect_error(ErrorKind::kInternal, testing::_, [] {
    (void)resize_lanczos(Image{2, 2, {1, 2, 3}}, 4, 4);
  });
  expect_error(ErrorKind::kInternal, testing::_, [] { (void)resize_lanczos(Image{}, 4, 4); });
  expect_error(ErrorKind::kInternal, testing::_, [] { (void)to_grey(Image{2, 2, {1, 2, 3}}); });
  expect_error(ErrorKind::kInternal, testing::_, [] {
    (void)resize_lanczos(GreyImage{2, 2, {1}}, 1, 1);
  });
}

}  // namespace
}  // namespace headroom
