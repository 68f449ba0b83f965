#include "headroom/image/picture_formats.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(PictureFormats, AreToldByTheEndOfAName) {
  ASSERT_NE(format_of("a/cat.PNG"), nullptr);
  EXPECT_EQ(format_of("a/cat.PNG")->name, "PNG");
  EXPECT_EQ(format_of("cat.jpeg")->name, "JPEG");
  EXPECT_EQ(format_of("cat.webp")->name, "WebP");
  EXPECT_EQ(format_of("cat.gif"), nullptr);
  EXPECT_EQ(format_of("cat"), nullptr);
}

TEST(PictureFormats, AreToldByTheirFirstBytesAndNoTwoAgree) {
  const std::string webp = std::string("RIFF\x04\0\0\0WEBP", 12);
  for (const std::string& bytes :
       {std::string("\x89PNG\r\n\x1A\n"), std::string("\xFF\xD8\xFF\xE0"), webp}) {
    int known = 0;
    for (const PictureFormat& format : picture_formats()) known += format.is_one(bytes) ? 1 : 0;
    EXPECT_EQ(known, 1);
  }
  ASSERT_NE(format_of_bytes(webp), nullptr);
  EXPECT_STREQ(format_of_bytes(webp)->mime_type, "image/webp");
  EXPECT_EQ(format_of_bytes("GIF89a"), nullptr);
  EXPECT_EQ(format_of_bytes(""), nullptr);
}

TEST(PictureFormats, AreNamedInOneLine) {
  EXPECT_EQ(format_names(PictureUse::kSettings), "PNG, JPEG or WebP");
  EXPECT_EQ(format_names(PictureUse::kPixels), "PNG or JPEG");
  EXPECT_EQ(format_names(PictureUse::kWriting), "PNG");
}

TEST(PictureFormats, WhatIsWrittenIsReadAgain) {
  const Image image{2, 1, {1, 2, 3, 4, 5, 6}};
  for (const PictureFormat& format : picture_formats()) {
    if (format.encode == nullptr) continue;
    EXPECT_TRUE(format.is_one(format.encode(image, {}))) << format.name;
  }
}

}  // namespace
}  // namespace headroom
