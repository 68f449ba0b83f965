#include "headroom/image/contact_sheet.h"

#include "headroom/core/error.h"

#include "image/system_fonts.h"
#include "support/expect_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using Colour = std::array<std::uint8_t, 3>;

Image plain(int width, int height, Colour colour) {
  Image image{width, height, {}};
  for (int i = 0; i < width * height; ++i) {
    image.rgb.insert(image.rgb.end(), colour.begin(), colour.end());
  }
  return image;
}

// A colour that tells the place.
Colour colour_of(std::size_t column, std::size_t row) {
  return {static_cast<std::uint8_t>(40 + 60 * column), static_cast<std::uint8_t>(40 + 60 * row),
          200};
}

ContactSheet sheet_of(std::vector<std::string> columns, std::vector<std::string> rows, Size cell) {
  return {std::move(columns), std::move(rows), cell, [cell](std::size_t column, std::size_t row) {
            return plain(cell.width, cell.height, colour_of(column, row));
          }};
}

Colour at(const Image& image, int x, int y) {
  const std::size_t i = 3 * (static_cast<std::size_t>(y) * image.width + x);
  return {image.rgb[i], image.rgb[i + 1], image.rgb[i + 2]};
}

int count(const Image& image, Colour colour) {
  int pixels = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) pixels += at(image, x, y) == colour ? 1 : 0;
  }
  return pixels;
}

class ContactSheetTest : public ::testing::Test {
 protected:
  const Lettering letters_{test::system_fonts()};
};

TEST_F(ContactSheetTest, HoldsEveryPictureWholeInRowsAndColumns) {
  const Image drawn = draw_sheet(sheet_of({"a", "b", "c"}, {"1", "2"}, {60, 40}), letters_);
  std::array<std::array<int, 2>, 6> first{};  // upper left corners
  for (std::size_t row = 0; row < 2; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      const Colour colour = colour_of(column, row);
      EXPECT_EQ(count(drawn, colour), 60 * 40);
      int x = 0;
      int y = 0;
      while (y < drawn.height && at(drawn, x, y) != colour) {
        if (++x == drawn.width) x = 0, ++y;
      }
      first.at(3 * row + column) = {x, y};
    }
  }
  EXPECT_EQ(first[0][1], first[2][1]);
  EXPECT_EQ(first[0][0], first[3][0]);
  EXPECT_GE(first[1][0], first[0][0] + 60);
  EXPECT_GE(first[3][1], first[0][1] + 40);
  EXPECT_GT(first[0][0], 0);  // the labels of the rows
}

TEST_F(ContactSheetTest, LabelsAreBesideThePictures) {
  const auto drawn = [&](const char* column, const char* row) {
    return draw_sheet(sheet_of({column}, {row}, {100, 100}), letters_);
  };
  // The darkest value in a rectangle.
  const auto ink = [](const Image& image, int x0, int y0, int x1, int y1) {
    int darkest = 255;
    for (int y = y0; y < y1; ++y) {
      for (int x = x0; x < x1; ++x) darkest = std::min(darkest, int{at(image, x, y)[0]});
    }
    return darkest;
  };
  const Image bare = drawn("", "");
  EXPECT_EQ(ink(bare, 0, 0, bare.width, 4), 255);
  const Image above = drawn("steps 4", "");
  EXPECT_GT(above.height, bare.height);
  EXPECT_LT(ink(above, above.width - 100, 0, above.width, above.height - 104), 100);
  const Image beside = drawn("", "steps 4");
  EXPECT_GT(beside.width, bare.width);
  EXPECT_LT(ink(beside, 0, beside.height - 100, beside.width - 104, beside.height), 100);
}

TEST_F(ContactSheetTest, LongLabelsAreWrappedAndCut) {
  const std::string novel(2000, 'w');
  const Image drawn = draw_sheet(sheet_of({novel}, {novel}, {100, 100}), letters_);
  EXPECT_LT(drawn.width, 240);
  EXPECT_LT(drawn.height, 240);
}

TEST_F(ContactSheetTest, WhatIsNotThereStaysEmptyAndSmallerPicturesStandInTheMiddle) {
  ContactSheet sheet = sheet_of({"a", "b"}, {"1"}, {80, 80});
  sheet.picture = [](std::size_t column, std::size_t) -> std::optional<Image> {
    if (column == 1) return std::nullopt;
    return plain(40, 80, {1, 2, 3});
  };
  const Image drawn = draw_sheet(sheet, letters_);
  EXPECT_EQ(count(drawn, {1, 2, 3}), 40 * 80);
  const int middle = drawn.height - 50;
  int left = 0;
  while (at(drawn, left, middle) != Colour{1, 2, 3}) ++left;
  const Image full = draw_sheet(sheet_of({"a", "b"}, {"1"}, {80, 80}), letters_);
  int cell = 0;
  while (at(full, cell, middle) != colour_of(0, 0)) ++cell;
  EXPECT_EQ(left, cell + 20);
}

TEST_F(ContactSheetTest, IsDrawnSmallerWhereItWouldBeTooLarge) {
  const Image drawn = draw_sheet(sheet_of({"a", "b"}, {"1", "2"}, {400, 200}), letters_, 100'000);
  EXPECT_LE(drawn.width * drawn.height, 100'000);
  EXPECT_GT(drawn.width * drawn.height, 60'000);
  EXPECT_GT(count(drawn, colour_of(1, 1)), 8'000);
}

TEST_F(ContactSheetTest, NeedsAPlace) {
  test::expect_error(ErrorKind::kInternal, testing::HasSubstr("sheet"), [&] {
    (void)draw_sheet(sheet_of({}, {"1"}, {1, 1}), letters_);
  });
}

}  // namespace
}  // namespace headroom
