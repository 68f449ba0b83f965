#include "headroom/image/image_reader.h"

#include "headroom/core/sha256.h"

#include "support/expect_error.h"
#include "support/raw_png.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::chunk;
using test::expect_error;
using test::kSignature;
using test::raw_png;
using test::TempFolder;
using test::u32;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

// 8x8 px of rgb(200, 40, 90) and of grey 120, made with ImageMagick: convert -size 8x8
// xc:'rgb(200,40,90)' -sampling-factor 1x1 -strip -quality 90 c.jpg
constexpr std::string_view kColorJpegHex =
    "ffd8ffe000104a46494600010100000100010000ffdb004300030202030202030303030403030405080505040405"
    "0a070706080c0a0c0c0b0a0b0b0d0e12100d0e110e0b0b1016101113141515150c0f171816141812141514ffdb00"
    "430103040405040509050509140d0b0d141414141414141414141414141414141414141414141414141414141414"
    "1414141414141414141414141414141414141414ffc00011080008000803011100021101031101ffc40014000100"
    "000000000000000000000000000007ffc40014100100000000000000000000000000000000ffc400150101010000"
    "0000000000000000000000000308ffc40014110100000000000000000000000000000000ffda000c030100021103"
    "11003f002412cb7fffd9";
constexpr std::string_view kGreyJpegHex =
    "ffd8ffe000104a46494600010100000100010000ffdb004300030202030202030303030403030405080505040405"
    "0a070706080c0a0c0c0b0a0b0b0d0e12100d0e110e0b0b1016101113141515150c0f171816141812141514ffc000"
    "0b080008000801011100ffc40014000100000000000000000000000000000005ffc4001410010000000000000000"
    "0000000000000000ffda0008010100003f0029ffd9";

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

Image read(const std::string& bytes) {
  const TempFolder folder;
  return read_image(folder.write("picture", bytes));
}

void expect_refused(const std::string& bytes, const std::string& what) {
  expect_error(ErrorKind::kIo, AllOf(HasSubstr("picture: "), HasSubstr(what)),
               [&] { (void)read(bytes); });
}

TEST(ReadImage, TellsTransparencyAndTheHashOfTheFile) {
  const TempFolder folder;
  const std::string clear = raw_png(1, 1, 8, 6, std::string("\0\x01\x02\x03\xFE", 5));
  const std::string solid = raw_png(1, 1, 8, 6, std::string("\0\x01\x02\x03\xFF", 5));
  EXPECT_TRUE(read_image_file(folder.write("clear", clear)).has_transparency);
  const ImageFile read = read_image_file(folder.write("solid", solid));
  EXPECT_FALSE(read.has_transparency);
  EXPECT_THAT(read.image.rgb, ElementsAre(1, 2, 3));
  EXPECT_EQ(read.sha256, sha256(solid));
}

TEST(ReadImage, ReadsEveryKindOfPngAsRgb) {
  EXPECT_THAT(read(raw_png(2, 1, 8, 2, std::string("\0\x01\x02\x03\xFF\xFE\xFD", 7))).rgb,
              ElementsAre(1, 2, 3, 255, 254, 253));
  EXPECT_THAT(read(raw_png(2, 1, 8, 0, std::string("\0\x00\x80", 3))).rgb,
              ElementsAre(0, 0, 0, 128, 128, 128));
  EXPECT_THAT(read(raw_png(2, 1, 1, 0, std::string("\0\x40", 2))).rgb,
              ElementsAre(0, 0, 0, 255, 255, 255));
  EXPECT_THAT(read(raw_png(1, 1, 16, 2, std::string("\0\x12\x34\x56\x78\x9A\xBC", 7))).rgb,
              ElementsAre(0x12, 0x56, 0x9A));
  EXPECT_THAT(read(raw_png(2, 1, 8, 3, std::string("\0\x01\x00", 3),
                           chunk("PLTE", "\x0A\x0B\x0C\x14\x15\x16")))
                  .rgb,
              ElementsAre(20, 21, 22, 10, 11, 12));
}

TEST(ReadImage, PutsTransparentPicturesOnWhite) {
  // Opaque, clear, half: round((c * a + 255 * (255 - a)) / 255).
  EXPECT_THAT(read(raw_png(3, 1, 8, 6,
                           std::string("\0\x0A\x14\x1E\xFF\x0A\x14\x1E\x00\x00\x64\xFF\x80", 13)))
                  .rgb,
              ElementsAre(10, 20, 30, 255, 255, 255, 127, 177, 255));
  EXPECT_THAT(read(raw_png(2, 1, 8, 4, std::string("\0\x05\xFF\x05\x00", 5))).rgb,
              ElementsAre(5, 5, 5, 255, 255, 255));
  // A palette and an RGB picture whose transparency is in tRNS.
  EXPECT_THAT(read(raw_png(1, 1, 8, 3, std::string("\0\x00", 2),
                           chunk("PLTE", "\x0A\x0B\x0C") + chunk("tRNS", std::string(1, '\0'))))
                  .rgb,
              ElementsAre(255, 255, 255));
  EXPECT_THAT(read(raw_png(1, 1, 8, 2, std::string("\0\x01\x02\x03", 4),
                           chunk("tRNS", std::string("\0\x01\0\x02\0\x03", 6))))
                  .rgb,
              ElementsAre(255, 255, 255));
}

TEST(ReadImage, ReadsRowsFromTheTop) {
  const Image image = read(raw_png(1, 2, 8, 0, std::string("\0\x01\0\x02", 4)));
  EXPECT_EQ(image.width, 1);
  EXPECT_EQ(image.height, 2);
  EXPECT_THAT(image.rgb, ElementsAre(1, 1, 1, 2, 2, 2));
}

TEST(ReadImage, ReadsJpeg) {
  const Image color = read(from_hex(kColorJpegHex));
  ASSERT_EQ(color.rgb.size(), 3U * 8 * 8);
  for (std::size_t i = 0; i < color.rgb.size(); i += 3) {
    EXPECT_NEAR(color.rgb[i], 200, 2);
    EXPECT_NEAR(color.rgb[i + 1], 40, 2);
    EXPECT_NEAR(color.rgb[i + 2], 90, 2);
  }
  const Image grey = read(from_hex(kGreyJpegHex));
  ASSERT_EQ(grey.rgb.size(), 3U * 8 * 8);
  EXPECT_THAT(grey.rgb, Each(120));
}

TEST(ReadImage, RefusesOtherFormats) {
  expect_refused("", "not a PNG or JPEG");
  expect_refused("some text", "not a PNG or JPEG");
  expect_refused("GIF89a\x01\x00\x01\x00", "not a PNG or JPEG");
  expect_refused("P6 1 1 255 abc", "not a PNG or JPEG");
}

TEST(ReadImage, RefusesDamagedPictures) {
  const std::string whole = raw_png(2, 2, 8, 0, std::string(6, '\0'));
  expect_refused(whole.substr(0, whole.size() / 2), "damaged");
  expect_refused(kSignature + chunk("IEND", ""), "damaged");
  expect_refused(from_hex(kColorJpegHex).substr(0, 100), "damaged");
}

TEST(ReadImage, RefusesPicturesOverTheLimit) {
  for (const auto& [width, height] : {std::pair{16385U, 1U}, {1U, 16385U}}) {
    const std::string header = u32(width) + u32(height) + std::string("\x08\x00\x00\x00\x00", 5);
    expect_refused(kSignature + chunk("IHDR", header) + chunk("IEND", ""), "larger than 16384 px");
  }
  EXPECT_EQ(read(raw_png(16384, 1, 8, 0, std::string(16385, '\0'))).width, 16384);
}

TEST(ReadImage, SaysWhyAFileCannotBeRead) {
  const TempFolder folder;
  expect_error(ErrorKind::kIo, AllOf(HasSubstr("missing.png"), HasSubstr("no such file")),
               [&] { (void)read_image(folder / "missing.png"); });
  expect_error(ErrorKind::kIo, HasSubstr("is a folder"), [&] { (void)read_image(folder.path()); });
}

}  // namespace
}  // namespace headroom
