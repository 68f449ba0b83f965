#include "pretokenizer.h"

#include "text/text_fixtures.h"
#include "unicode.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::Json;
using test::utf8;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Pretokenizer, SplitsEveryReferenceStringLikeTheReference) {
  for (const std::string variant : {"tiny", "f32"}) {
    const Json expected = test::expected(variant, "tokenizer");
    int compared = 0;
    for (const Json& item : expected["cases"]) {
      if (!item.contains("pieces")) continue;
      const std::string text = to_nfc(test::from_hex(item["utf8"]));
      std::vector<std::string> pieces;
      for (const Json& piece : item["pieces"]) pieces.push_back(test::from_hex(piece));
      const auto split = split_pieces(text);
      EXPECT_EQ(std::vector<std::string>(split.begin(), split.end()), pieces) << item["text"];
      ++compared;
    }
    EXPECT_GT(compared, 500);
  }
}

TEST(Pretokenizer, EmptyTextHasNoPieces) { EXPECT_THAT(split_pieces(""), IsEmpty()); }

TEST(Pretokenizer, ContractionsInAnyCaseWithTheLongS) {
  EXPECT_THAT(split_pieces("it's WE'LL'Re'D"), ElementsAre("it", "'s", " WE", "'LL", "'Re", "'D"));
  const std::string long_s = "'" + utf8(0x17F) + "a";
  EXPECT_THAT(split_pieces(long_s), ElementsAre("'" + utf8(0x17F), "a"));
  EXPECT_THAT(split_pieces("'la'x'"), ElementsAre("'la", "'x", "'"));
}

TEST(Pretokenizer, NumbersStandAlone) {
  EXPECT_THAT(split_pieces("a 12b"), ElementsAre("a", " ", "1", "2", "b"));
}

TEST(Pretokenizer, SymbolsTakeOneSpaceBeforeAndNewlinesBehind) {
  EXPECT_THAT(split_pieces("a  !?\r\n\nb"), ElementsAre("a", " ", " !?\r\n\n", "b"));
}

TEST(Pretokenizer, WhiteSpaceEndsBehindItsLastNewline) {
  EXPECT_THAT(split_pieces(" \n \n  x"), ElementsAre(" \n \n", " ", " x"));
  EXPECT_THAT(split_pieces("x   "), ElementsAre("x", "   "));
  EXPECT_THAT(split_pieces("\t\t1"), ElementsAre("\t", "\t", "1"));
}

}  // namespace
}  // namespace headroom
