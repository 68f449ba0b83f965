#include "unicode.h"

#include "text/text_fixtures.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::Json;
using test::repeat;
using test::utf8;

std::set<unsigned> codes_in(const Json& ranges) {
  std::set<unsigned> codes;
  for (const Json& range : ranges) {
    for (unsigned code = range[0]; code <= range[1].get<unsigned>(); ++code) codes.insert(code);
  }
  return codes;
}

TEST(Unicode, ClassesMatchTheReferenceForEveryCodePoint) {
  const Json facts = test::expected("tiny", "unicode");
  const auto letters = codes_in(facts["L"]);
  const auto numbers = codes_in(facts["N"]);
  const auto spaces = codes_in(facts["S"]);
  ASSERT_EQ(letters.size(), 141028U);
  ASSERT_EQ(numbers.size(), 1911U);
  ASSERT_EQ(spaces.size(), 25U);
  for (unsigned code = 0; code <= 0x10FFFF; ++code) {
    ASSERT_EQ(is_letter(code), letters.count(code) == 1) << std::hex << code;
    ASSERT_EQ(is_number(code), numbers.count(code) == 1) << std::hex << code;
    ASSERT_EQ(is_space(code), spaces.count(code) == 1) << std::hex << code;
  }
}

TEST(Unicode, DecodesEveryCodePoint) {
  for (unsigned code = 0; code <= 0x10FFFF; ++code) {
    if (code >= 0xD800 && code <= 0xDFFF) continue;
    const std::string text = utf8(code);
    std::size_t at = 0;
    ASSERT_EQ(static_cast<unsigned>(next_code_point(text, at)), code);
    ASSERT_EQ(at, text.size());
  }
}

TEST(Nfc, ComposesAndSorts) {
  EXPECT_EQ(to_nfc(""), "");
  EXPECT_EQ(to_nfc("plain\n"), "plain\n");
  EXPECT_EQ(to_nfc("e" + utf8(0x301)), utf8(0xE9));
  EXPECT_EQ(to_nfc(utf8(0x1E0B) + utf8(0x323)), utf8(0x1E0D) + utf8(0x307));  // UAX #15, figure 5
  EXPECT_EQ(to_nfc(utf8(0x212B)), utf8(0xC5));                                // singleton
  EXPECT_EQ(to_nfc(utf8(0x958)), utf8(0x915) + utf8(0x93C));  // excluded from composition
  EXPECT_EQ(to_nfc(utf8(0x1100) + utf8(0x1161) + utf8(0x11A8)), utf8(0xAC01));
  EXPECT_EQ(to_nfc(utf8(0x301)), utf8(0x301));  // a mark without a letter
}

TEST(Nfc, LeavesTheVowelBeforeTheFirstTrailingConsonantAlone) {
  EXPECT_EQ(to_nfc(utf8(0xAC00) + utf8(0x11A7)), utf8(0xAC00) + utf8(0x11A7));
  EXPECT_EQ(to_nfc(utf8(0xAC00) + utf8(0x11A7) + utf8(0x11A8)),
            utf8(0xAC00) + utf8(0x11A7) + utf8(0x11A8));
}

TEST(Nfc, MarksNewerThanUnicode9StayWhereTheyAre) {
  const Json facts = test::expected("tiny", "unicode");
  ASSERT_FALSE(facts["nfc_inert_marks"].empty());
  for (const Json& mark : facts["nfc_inert_marks"]) {
    const std::string text = "q" + utf8(0x315) + utf8(mark) + utf8(0x334);
    EXPECT_EQ(to_nfc(text), text) << std::hex << mark.get<unsigned>();
  }
  // The same with a mark of old: U+0334 (class 1) moves in front of U+0315 (class 232).
  EXPECT_EQ(to_nfc("q" + utf8(0x315) + utf8(0x327) + utf8(0x334)),
            "q" + utf8(0x334) + utf8(0x327) + utf8(0x315));
}

TEST(Nfc, CompositionsNewerThanUnicode9AreNotMade) {
  const std::string dives_akuru = utf8(0x11935) + utf8(0x11930);
  EXPECT_EQ(to_nfc(dives_akuru), dives_akuru);
  EXPECT_EQ(to_nfc(utf8(0x11938)), utf8(0x11938));
}

TEST(Nfc, SortsALongRunOfMarks) {
  const std::string above = utf8(0x307);  // class 230
  const std::string below = utf8(0x316);  // class 220
  EXPECT_EQ(to_nfc("q" + repeat(above, 16000) + repeat(below, 16000)),
            "q" + repeat(below, 16000) + repeat(above, 16000));
}

}  // namespace
}  // namespace headroom
