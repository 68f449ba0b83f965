#include "headroom/image/lettering.h"

#include "image/system_fonts.h"
#include "support/expect_error.h"
#include "support/temp_folder.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Image paper(int width, int height) {
  Image image{width, height, {}};
  image.rgb.assign(std::size_t{3} * width * height, 255);
  return image;
}

// The columns, counted from 0, in which something is darker than grey.
std::vector<int> inked_columns(const Image& image) {
  std::vector<int> columns;
  for (int x = 0; x < image.width; ++x) {
    for (int y = 0; y < image.height; ++y) {
      if (image.rgb[static_cast<std::size_t>(3 * (y * image.width + x))] > 128) continue;
      columns.push_back(x);
      break;
    }
  }
  return columns;
}

TEST(Lettering, WritesLettersWhereTheyAreAskedFor) {
  const Lettering letters(test::system_fonts());
  Image image = paper(200, 40);
  letters.write(image, 50, 0, 40, "l", {0, 0, 0});
  const std::vector<int> inked = inked_columns(image);
  ASSERT_FALSE(inked.empty());
  // One stem.
  EXPECT_GE(inked.front(), 50);
  EXPECT_LT(inked.back(), 50 + letters.width("l", 40));
  EXPECT_EQ(inked.back() - inked.front() + 1, static_cast<int>(inked.size()));
  // Wider letters, and more of them, are wider; a line that is twice as high is, too.
  EXPECT_GT(letters.width("m", 40), letters.width("l", 40));
  EXPECT_NEAR(letters.width("mm", 40), 2 * letters.width("m", 40), 1);
  EXPECT_NEAR(letters.width("m", 80), 2 * letters.width("m", 40), 1);
}

TEST(Lettering, TakesAColourAndIsCutAtTheEdge) {
  const Lettering letters(test::system_fonts());
  Image image = paper(20, 20);
  letters.write(image, -5, -5, 40, "MMMM", {255, 0, 0});
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) ASSERT_EQ(image.rgb[i], 255);
  EXPECT_LT(*std::ranges::min_element(image.rgb), 10);
}

TEST(Lettering, ChineseHasAFaceOfItsOwn) {
  const Lettering letters(test::system_fonts());
  EXPECT_EQ(letters.missing("steps 4, 熊猫 ×"), "");
  EXPECT_NEAR(letters.width("熊猫", 100), 2 * 72, 2);  // squares of the em
  const Lettering latin({test::system_fonts().front()});
  EXPECT_EQ(latin.missing("熊 and 猫 and 熊"), "熊猫");
  // A box stands for what is missing.
  Image image = paper(60, 60);
  latin.write(image, 0, 0, 60, "猫", {0, 0, 0});
  EXPECT_FALSE(inked_columns(image).empty());
  EXPECT_EQ(latin.missing("a\xFF"), "\xFF");  // no UTF-8
}

TEST(Lettering, WrapsAtBlanksAndElseBetweenLetters) {
  const Lettering letters(test::system_fonts());
  const int room = letters.width("a red apple", 20) + 1;
  EXPECT_THAT(letters.wrap("a red apple on a table", 20, room),
              ElementsAre("a red apple", "on a table"));
  EXPECT_THAT(letters.wrap("熊猫熊猫", 20, letters.width("熊猫", 20)), ElementsAre("熊猫", "熊猫"));
  EXPECT_THAT(letters.wrap("abc", 20, 1), ElementsAre("a", "b", "c"));
  EXPECT_THAT(letters.wrap("", 20, 100), ElementsAre());
}

TEST(Lettering, WithoutFontsAllLettersAreMissing) {
  const Lettering letters({});
  EXPECT_EQ(letters.missing("aba"), "ab");
  EXPECT_GT(letters.width("a", 20), 0);
}

TEST(Lettering, RefusesWhatIsNoFont) {
  const test::TempFolder folder;
  for (const std::string& bytes : {std::string(), std::string("text"), std::string(5000, 'x')}) {
    const auto file = folder.write("font.ttf", bytes);
    test::expect_error(ErrorKind::kIo, HasSubstr("font.ttf: it is no font"),
                       [&] { Lettering({{file}}); });
  }
  test::expect_error(ErrorKind::kIo, HasSubstr("none.ttf"),
                     [&] { Lettering({{folder.path() / "none.ttf"}}); });
}

}  // namespace
}  // namespace headroom
