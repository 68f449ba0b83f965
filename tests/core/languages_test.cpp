#include "headroom/core/languages.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(Languages, AreFoundByTheirCodes) {
  EXPECT_EQ(language_of("zh").code, "zh");
  EXPECT_EQ(language_of("de").code, "en");
  EXPECT_TRUE(is_language("en"));
  EXPECT_FALSE(is_language("de"));
  EXPECT_FALSE(is_language(""));
}

TEST(Languages, FollowEachOtherRoundAndRound) {
  std::string_view code = kLanguages.front().code;
  for (const Language& language : kLanguages) {
    EXPECT_EQ(code, language.code);
    code = language_after(code).code;
  }
  EXPECT_EQ(code, kLanguages.front().code);
}

// The window that says why the program cannot start has no other source of words.
TEST(Languages, HaveTheWordsOfTheNoticeWindow) {
  for (const Language& language : kLanguages) {
    for (const char* const words : {language.notice.title, language.notice.log,
                                    language.notice.copy, language.notice.close}) {
      ASSERT_NE(words, nullptr) << language.code;
      EXPECT_NE(std::string_view(words), "") << language.code;
    }
  }
}

TEST(Languages, AreNamedInOneLine) { EXPECT_EQ(language_codes(), "en or zh"); }

}  // namespace
}  // namespace headroom
