// Pictures that cameras stored lying or mirrored, with what EXIF says of it.
#include "headroom/core/size.h"
#include "headroom/image/image_reader.h"
#include "headroom/image/picture_info.h"

#include "support/raw_png.h"
#include "support/temp_folder.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::chunk;
using test::raw_png;
using test::TempFolder;
using testing::ElementsAreArray;

// Grey 16x24 px: 2 x 3 blocks of 8 x 8 px, whose values are those of kShown[0]. Made with
// ImageMagick: convert blocks.pgm -strip -quality 90 -define jpeg:optimize-coding=true blocks.jpg
constexpr std::string_view kBlocksJpegHex =
    "ffd8ffe000104a46494600010100000100010000ffdb004300030202030202030303030403030405080505040405"
    "0a070706080c0a0c0c0b0a0b0b0d0e12100d0e110e0b0b1016101113141515150c0f171816141812141514ffc000"
    "0b080018001001011100ffc4001500010100000000000000000000000000000709ffc40014100100000000000000"
    "000000000000000000ffda0008010100003f009be6b351acd66a7fffd9";

using Blocks = std::array<int, 6>;
// What is shown, row by row, for the orientations 1 to 8; from 5 on there are 3 columns and 2 rows.
constexpr std::array<Blocks, 8> kShown{{{20, 60, 100, 140, 180, 220},
                                        {60, 20, 140, 100, 220, 180},
                                        {220, 180, 140, 100, 60, 20},
                                        {180, 220, 100, 140, 20, 60},
                                        {20, 100, 180, 60, 140, 220},
                                        {180, 100, 20, 220, 140, 60},
                                        {220, 140, 60, 180, 100, 20},
                                        {60, 140, 220, 20, 100, 180}}};

std::string number(std::uint32_t value, int size, bool big) {
  std::string bytes;
  for (int i = 0; i < size; ++i) {
    const int shift = 8 * (big ? size - 1 - i : i);
    bytes += static_cast<char>(value >> shift & 0xFFU);
  }
  return bytes;
}

struct Exif {
  std::uint32_t value = 1;
  std::string mark = "II";
  std::uint32_t type = 3;  // 16 bits
  std::uint32_t entries = 1;
  std::uint32_t first = 8;  // where the first directory begins
};

std::string exif(const Exif& of) {
  const bool big = of.mark == "MM";
  const int size = of.type == 4 ? 4 : 2;
  return of.mark + number(42, 2, big) + number(of.first, 4, big) + number(of.entries, 2, big) +
         number(0x0112, 2, big) + number(of.type, 2, big) + number(1, 4, big) +
         number(of.value, size, big) + std::string(static_cast<std::size_t>(4 - size), '\0') +
         number(0, 4, big);
}

std::string jpeg_with(const std::string& block) {
  std::string bytes;
  for (std::size_t i = 0; i < kBlocksJpegHex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(kBlocksJpegHex.substr(i, 2)), nullptr, 16));
  }
  const std::string data = std::string("Exif\0\0", 6) + block;
  const auto length = static_cast<std::uint32_t>(data.size() + 2);
  return bytes.insert(2, "\xFF\xE1" + number(length, 2, true) + data);
}

// Grey with alpha, 2x3 px, whose values are those of kShown[0]; alpha is one more than the colour.
std::string png_with(const std::string& before_data) {
  std::string rows;
  for (std::size_t i = 0; i < kShown[0].size(); ++i) {
    if (i % 2 == 0) rows += '\0';
    rows += static_cast<char>(kShown[0][i]);
    rows += static_cast<char>(kShown[0][i] + 1);
  }
  return raw_png(2, 3, 8, 4, rows, before_data);
}

// The red of a picture's blocks of `side` px.
std::vector<int> blocks_of(const Image& image, int side) {
  std::vector<int> blocks;
  blocks.reserve(kShown[0].size());
  for (int y = 0; y < image.height; y += side) {
    for (int x = 0; x < image.width; x += side) {
      const int at = 3 * (y * image.width + x);
      blocks.push_back(image.rgb[static_cast<std::size_t>(at)]);
    }
  }
  return blocks;
}

// Every way of reading the file agrees that this is shown.
void expect_shown(const std::string& bytes, std::size_t orientation, int side,
                  const std::string& what) {
  const TempFolder folder;
  const auto file = folder.write("picture", bytes);
  const Blocks& blocks = kShown[orientation - 1];
  const Image image = read_image(file);
  const Size size = orientation >= 5 ? Size{3 * side, 2 * side} : Size{2 * side, 3 * side};
  EXPECT_EQ((Size{image.width, image.height}), size) << what;
  const PictureInfo info = read_picture_info(file);
  EXPECT_EQ((Size{info.width, info.height}), size) << what;
  const TransparentImage colors = read_transparent_image(file);
  EXPECT_EQ((Size{colors.image.width, colors.image.height}), size) << what;
  EXPECT_THAT(blocks_of(colors.image, side), ElementsAreArray(blocks)) << what;
  if (colors.alpha.grey.empty()) {
    EXPECT_THAT(blocks_of(image, side), ElementsAreArray(blocks)) << what;
    return;
  }
  EXPECT_EQ((Size{colors.alpha.width, colors.alpha.height}), size) << what;
  ASSERT_EQ(colors.alpha.grey.size(), blocks.size()) << what;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(colors.alpha.grey[i], blocks[i] + 1) << what << ", " << i;
    const int alpha = blocks[i] + 1;  // read_image() puts it on white
    EXPECT_EQ(image.rgb[3 * i], (blocks[i] * alpha + 255 * (255 - alpha) + 127) / 255) << what;
  }
}

TEST(Orientation, TurnsAndMirrorsPicturesAsExifSays) {
  for (std::uint32_t value = 1; value <= 8; ++value) {
    for (const char* const mark : {"II", "MM"}) {
      for (const std::uint32_t type : {3U, 4U}) {
        const std::string block = exif({.value = value, .mark = mark, .type = type});
        const std::string what = std::to_string(value) + mark + std::to_string(type);
        expect_shown(jpeg_with(block), value, 8, "JPEG " + what);
        expect_shown(png_with(chunk("eXIf", block)), value, 1, "PNG " + what);
      }
    }
  }
}

TEST(Orientation, OfSeveralBlocksTheFirstCounts) {
  const std::string turned = exif({.value = 6});
  const std::string data = std::string("Exif\0\0", 6) + exif({.value = 3});
  const auto length = static_cast<std::uint32_t>(data.size() + 2);
  std::string jpeg = jpeg_with(turned);
  const std::size_t after = 2 + 4 + 6 + turned.size();
  expect_shown(jpeg.insert(after, "\xFF\xE1" + number(length, 2, true) + data), 6, 8, "JPEG");
  expect_shown(png_with(chunk("eXIf", turned) + chunk("eXIf", exif({.value = 3}))), 6, 1, "PNG");
}

TEST(Orientation, DamagedBlocksTurnNothing) {
  const std::string whole = exif({.value = 6});
  constexpr std::size_t kValueEnd = 20;
  std::vector<std::string> blocks;
  blocks.reserve(2 * kValueEnd);
  for (std::size_t size = 0; size < kValueEnd; ++size) blocks.push_back(whole.substr(0, size));
  for (const Exif& odd :
       {Exif{.value = 0}, Exif{.value = 9}, Exif{.value = 0xFFFF}, Exif{.value = 6, .mark = "IM"},
        Exif{.value = 6, .type = 5}, Exif{.value = 0xFFFFFFFF, .type = 4},
        Exif{.value = 6, .entries = 0}, Exif{.value = 6, .first = 0xFFFFFFF0},
        Exif{.value = 6, .first = 0xFFFFFFFF}}) {
    blocks.push_back(exif(odd));
  }
  // A directory that says it is longer than the block.
  blocks.push_back("II" + number(42, 2, false) + number(8, 4, false) + number(0xFFFF, 2, false));
  for (const std::string& block : blocks) {
    const std::string what = testing::PrintToString(block);
    expect_shown(jpeg_with(block), 1, 8, "JPEG " + what);
    expect_shown(png_with(chunk("eXIf", block)), 1, 1, "PNG " + what);
  }
  std::string broken = chunk("eXIf", whole);
  broken.back() ^= 1;  // the CRC
  expect_shown(png_with(broken), 1, 1, "a wrong CRC");
}

}  // namespace
}  // namespace headroom
