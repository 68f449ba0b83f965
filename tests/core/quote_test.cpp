#include "headroom/core/quote.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(InQuotes, ShowsShortTextsAsTheyAre) {
  EXPECT_EQ(in_quotes("768x"), "\"768x\"");
  EXPECT_EQ(in_quotes(""), "\"\"");
  EXPECT_EQ(in_quotes("一只猫"), "\"一只猫\"");
}

TEST(InQuotes, CutsLongTextsBetweenCharacters) {
  EXPECT_EQ(in_quotes(std::string(60, 'a')), "\"" + std::string(60, 'a') + "\"");
  EXPECT_EQ(in_quotes(std::string(61, 'a')), "\"" + std::string(60, 'a') + "...\"");
  EXPECT_EQ(in_quotes(std::string(59, 'a') + "猫"), "\"" + std::string(59, 'a') + "...\"");
}

TEST(InQuotes, StaysOnOneLine) { EXPECT_EQ(in_quotes("a\nb\tc"), R"("a\x0ab\x09c")"); }

TEST(Printable, LetsNoControlCharacterThrough) {
  EXPECT_EQ(printable("a\x1b]0;title\x07z"), R"(a\x1b]0;title\x07z)");
  EXPECT_EQ(printable("a\x7f"
                      "b\r"),
            R"(a\x7fb\x0d)");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), R"(a\x00b)");
  EXPECT_EQ(printable("a\u202egpj"), R"(a\xe2\x80\xaegpj)");  // what follows reads backwards
  EXPECT_EQ(printable("a\u2066b\u2069"), R"(a\xe2\x81\xa6b\xe2\x81\xa9)");
  EXPECT_EQ(printable("a\u009b2Jb"), R"(a\x9b2Jb)");  // a terminal's command in UTF-8
  EXPECT_EQ(printable("a\x9b"
                      "2Jb"),
            R"(a\x9b2Jb)");  // and as a bare byte
}

TEST(DropControls, LeavesTheTextThatAPersonSees) {
  EXPECT_EQ(drop_controls("cat \x1b[31mred\x1b[0m\x07\r\n\ton\b a \u202emat\u202c"),
            "cat [31mred[0m\n\ton a mat");
  EXPECT_EQ(drop_controls("café, 猫 and 🐼 \u200f."), "café, 猫 and 🐼 \u200f.");
}

TEST(Printable, LeavesTextAlone) {
  const std::string text = "two\nlines\twith café, 猫 and 🐼";
  EXPECT_EQ(printable(text), text);
  EXPECT_EQ(printable("mod\xE8le"), "mod\xE8le");  // a folder's name need not be UTF-8
}

}  // namespace
}  // namespace headroom
