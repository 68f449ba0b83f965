#include "headroom/image/png_writer.h"

#include "headroom/image/image_reader.h"
#include "headroom/image/picture_info.h"

#include "support/expect_error.h"
#include "support/raw_png.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::chunk;
using test::expect_error;
using test::split_chunks;
using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;

Image gradient(int width, int height) {
  Image image{width, height, {}};
  for (int i = 0; i < 3 * width * height; ++i) {
    image.rgb.push_back(static_cast<std::uint8_t>(i * 31 % 256));
  }
  return image;
}

std::vector<PictureText> round_trip(const std::vector<PictureText>& texts) {
  const TempFolder folder;
  return read_picture_info(folder.write("a.png", encode_png(gradient(3, 2), texts))).texts;
}

TEST(EncodePng, KeepsEveryPixel) {
  const TempFolder folder;
  for (const auto& [width, height] : {std::pair{1, 1}, {17, 5}, {5, 17}, {64, 48}}) {
    const Image image = gradient(width, height);
    const Image read = read_image(folder.write("a.png", encode_png(image, {})));
    EXPECT_EQ(read.width, width);
    EXPECT_EQ(read.height, height);
    EXPECT_EQ(read.rgb, image.rgb);
  }
}

TEST(EncodePng, PutsTextsInOrderBetweenHeaderAndPixels) {
  const std::string png =
      encode_png(gradient(4, 4), {{"parameters", "one"}, {"headroom", "two", true}});
  std::vector<std::string> types;
  for (const auto& part : split_chunks(png)) {
    types.push_back(part.type);
    EXPECT_TRUE(part.crc_ok) << part.type;
  }
  EXPECT_THAT(types, ElementsAre("IHDR", "tEXt", "iTXt", "IDAT", "IEND"));
}

TEST(EncodePng, WritesLatin1AsTextAndTheRestAsInternationalText) {
  const std::string png =
      encode_png(gradient(1, 1), {{"a", "caf\xC3\xA9 \xC2\xA0\xC3\xBF"},
                                  {"b", "一只猫"},
                                  {"c", "\xC4\x80"},  // U+0100, the first beyond
                                  {"d", "plain", true},
                                  {"e", ""}});
  const auto chunks = split_chunks(png);
  ASSERT_EQ(chunks.size(), 8U);
  EXPECT_EQ(chunks[1].type, "tEXt");
  EXPECT_EQ(chunks[1].data, std::string("a\0caf\xE9 \xA0\xFF", 9));
  EXPECT_EQ(chunks[2].type, "iTXt");
  EXPECT_EQ(chunks[2].data, std::string("b\0\0\0\0\0", 6) + "一只猫");
  EXPECT_EQ(chunks[3].type, "iTXt");
  EXPECT_EQ(chunks[4].type, "iTXt");
  EXPECT_EQ(chunks[4].data, std::string("d\0\0\0\0\0plain", 11));
  EXPECT_EQ(chunks[5].type, "tEXt");
  EXPECT_EQ(chunks[5].data, std::string("e\0", 2));
}

TEST(EncodePng, TextsComeBackAsTheyWere) {
  const std::string long_text(200000, 'x');
  const std::vector<PictureText> texts{{"parameters", "a cat\nNegative prompt: \"dog\"\nSteps: 8"},
                                       {"headroom", R"({"prompt":"猫 😀"})", true},
                                       {"Titel \xC3\xBC", "gr\xC3\xBC\xC3\x9F"},
                                       {"same", "1"},
                                       {"same", "2"},
                                       {"long", long_text}};
  const auto read = round_trip(texts);
  ASSERT_EQ(read.size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(read[i].keyword, texts[i].keyword);
    EXPECT_EQ(read[i].value, texts[i].value);
    EXPECT_EQ(read[i].always_itxt, texts[i].always_itxt);
  }
}

TEST(EncodePng, AcceptsKeywordsUpToSeventyNineCharacters) {
  EXPECT_EQ(round_trip({{std::string(79, 'k'), "v"}}).at(0).keyword, std::string(79, 'k'));
  for (const std::string& keyword :
       {std::string(), std::string(80, 'k'), std::string(" a"), std::string("a "),
        std::string("a  b"), std::string("a\nb"), std::string("a\0b", 3), std::string("猫"),
        std::string("\xFF")}) {
    expect_error(ErrorKind::kInternal, HasSubstr("keyword"), [&] {
      (void)encode_png(gradient(1, 1), {{keyword, "v"}});
    });
  }
}

TEST(EncodePng, RefusesTextThatPngCannotHold) {
  expect_error(ErrorKind::kInternal,
               HasSubstr("contains a zero byte, which PNG text cannot hold: p"), [] {
                 (void)encode_png(gradient(1, 1), {{"p", std::string("a\0b", 3)}});
               });
  expect_error(ErrorKind::kInternal, HasSubstr("is not valid UTF-8: p"), [] {
    (void)encode_png(gradient(1, 1), {{"p", "a\xFFz"}});
  });
}

TEST(EncodePng, RefusesMalformedImages) {
  for (const Image& image : {Image{}, Image{2, 2, std::vector<std::uint8_t>(11)},
                             Image{2, 2, std::vector<std::uint8_t>(13)}, Image{-1, -1, {0, 0, 0}},
                             Image{0, 5, {}}, Image{16385, 1, std::vector<std::uint8_t>(49155)}}) {
    expect_error(ErrorKind::kInternal, HasSubstr("cannot be encoded as PNG"),
                 [&] { (void)encode_png(image, {}); });
  }
}

TEST(EncodePng, KeepsTransparencyValueForValue) {
  const TempFolder folder;
  const Image image = gradient(3, 2);
  const GreyImage alpha{3, 2, {0, 1, 127, 128, 254, 255}};
  const auto file = folder.write("a.png", encode_png_with_alpha(image, alpha, {{"a", "b"}}));
  const TransparentImage read = read_transparent_image(file);
  EXPECT_EQ(read.image.rgb, image.rgb);  // also where nothing of it can be seen
  EXPECT_EQ(read.alpha.grey, alpha.grey);
  EXPECT_EQ(read.alpha.width, 3);
  EXPECT_EQ(read_picture_info(file).texts.at(0).value, "b");
  const auto opaque = folder.write("b.png", encode_png(image, {}));
  EXPECT_TRUE(read_transparent_image(opaque).alpha.grey.empty());
  EXPECT_EQ(encode_png_with_alpha(image, {}, {}), encode_png(image, {}));
}

TEST(EncodePng, RefusesTransparencyOfAnotherSize) {
  expect_error(ErrorKind::kInternal, HasSubstr("cannot be encoded as PNG"), [] {
    (void)encode_png_with_alpha(gradient(2, 2), {2, 1, {255, 255}}, {});
  });
}

TEST(EncodePng, SaysWhichTextsItCanHold) {
  EXPECT_TRUE(can_stand_in_png({"parameters", "a cat"}));
  EXPECT_FALSE(can_stand_in_png({"", "a cat"}));
  EXPECT_FALSE(can_stand_in_png({"a", std::string("b\0c", 3)}));
}

}  // namespace
}  // namespace headroom
