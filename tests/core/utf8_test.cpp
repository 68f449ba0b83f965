#include "headroom/core/generation.h"

#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(Utf8, AcceptsWellFormedText) {
  EXPECT_TRUE(is_valid_utf8(""));
  EXPECT_TRUE(is_valid_utf8("a cute orange cat"));
  EXPECT_TRUE(is_valid_utf8("caf\u00e9 \u732b \U0001F408"));
  EXPECT_TRUE(is_valid_utf8(std::string("a\0b", 3)));
}

TEST(Utf8, AcceptsTheEdgesOfEachLength) {
  EXPECT_TRUE(is_valid_utf8("\x7F"));
  EXPECT_TRUE(is_valid_utf8("\xC2\x80"));          // U+0080
  EXPECT_TRUE(is_valid_utf8("\xDF\xBF"));          // U+07FF
  EXPECT_TRUE(is_valid_utf8("\xE0\xA0\x80"));      // U+0800
  EXPECT_TRUE(is_valid_utf8("\xED\x9F\xBF"));      // U+D7FF
  EXPECT_TRUE(is_valid_utf8("\xEE\x80\x80"));      // U+E000
  EXPECT_TRUE(is_valid_utf8("\xEF\xBF\xBF"));      // U+FFFF
  EXPECT_TRUE(is_valid_utf8("\xF0\x90\x80\x80"));  // U+10000
  EXPECT_TRUE(is_valid_utf8("\xF4\x8F\xBF\xBF"));  // U+10FFFF
}

TEST(Utf8, RefusesOverlongForms) {
  EXPECT_FALSE(is_valid_utf8("\xC0\x80"));
  EXPECT_FALSE(is_valid_utf8("\xC1\xBF"));
  EXPECT_FALSE(is_valid_utf8("\xE0\x9F\xBF"));
  EXPECT_FALSE(is_valid_utf8("\xF0\x8F\xBF\xBF"));
}

TEST(Utf8, RefusesSurrogatesAndWhatIsPastTheLastCodePoint) {
  EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));      // U+D800
  EXPECT_FALSE(is_valid_utf8("\xED\xBF\xBF"));      // U+DFFF
  EXPECT_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));  // U+110000
  EXPECT_FALSE(is_valid_utf8("\xF8\x88\x80\x80\x80"));
  EXPECT_FALSE(is_valid_utf8("\xFF"));
}

TEST(Utf8, RefusesBrokenSequences) {
  EXPECT_FALSE(is_valid_utf8("\x80"));          // continuation without a lead
  EXPECT_FALSE(is_valid_utf8("a\xC3"));         // cut off after the lead
  EXPECT_FALSE(is_valid_utf8("\xE7\x8C"));      // cut off in the middle
  EXPECT_FALSE(is_valid_utf8("\xF0\x9F\x90"));  // cut off before the last byte
  EXPECT_FALSE(is_valid_utf8("\xC3(x"));        // lead, then ASCII
  EXPECT_FALSE(is_valid_utf8("\xE7\xC3\xA9"));  // lead, then another lead
  EXPECT_FALSE(is_valid_utf8("caf\xE9 noir"));  // Latin-1
}

}  // namespace
}  // namespace headroom
