#include "headroom/gui_state/format.h"

#include "headroom/core/bytes.h"

#include "support/paths.h"

#include <filesystem>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace headroom {
namespace {

StringTable table(const std::string& language) {
  return StringTable(test::source_folder() / "configs/lang" / (language + ".yaml"));
}

// "_" stands for a blank at which no line ends.
TEST(Format, ANumberStaysWithItsUnitAndItsSign) {
  const auto bound = [](const std::string& text) {
    std::string shown = bind_units(text);
    for (std::size_t at = shown.find("\u00A0"); at != std::string::npos; at = shown.find("\u00A0"))
      shown.replace(at, 2, "_");
    return shown;
  };
  EXPECT_EQ(bound("Needs 6.0 GB. 600 MB on the card − 315 others"),
            "Needs 6.0_GB. 600_MB on the card − 315 others");
  EXPECT_EQ(bound("需要 6.0 GB，约 12 秒"), "需要 6.0_GB，约 12_秒");
  EXPECT_EQ(bound("≈ 6 s, < 1 MB (100 %)"), "≈_6_s, <_1_MB (100_%)");
  EXPECT_EQ(bound("2 steps, 3 seeds"), "2 steps, 3 seeds");
  EXPECT_EQ(bound("a GB, 7"), "a GB, 7");
  EXPECT_EQ(bound("step 3 of 8 "), "step 3 of 8 ");
}

TEST(Format, OnlyChineseGoesOnWithoutABlank) {
  for (const char* text : {"a", "Menü", "Fuß", "1024×", "and so on…", "40 €", "Ж", "", "猫 cat"})
    EXPECT_FALSE(ends_in_chinese(text)) << text;
  for (const char* text :
       {"猫", "a 猫", "需要显存，", "好。", "（尺寸）", "カ", "ＡＢ", "𠀀", "豈"})
    EXPECT_TRUE(ends_in_chinese(text)) << text;
  // The first and last of each range, and what stands before and after it.
  for (const char* text :
       {"\u2E80", "\u9FFF", "\uF900", "\uFAFF", "\uFF00", "\uFFEF", "\U00020000", "\U0003FFFF"})
    EXPECT_TRUE(ends_in_chinese(text)) << text;
  for (const char* text :
       {"\u2E7F", "\uA000", "\uF8FF", "\uFB00", "\uFEFF", "\uFFF0", "\U0001FFFF", "\U00040000"})
    EXPECT_FALSE(ends_in_chinese(text)) << text;
}

TEST(Format, FillsPlacesAndLeavesOthersAlone) {
  EXPECT_EQ(fill("{1} of {0}", {"8", "5"}), "5 of 8");
  EXPECT_EQ(fill("{0} {2}", {"{1}", "x"}), "{1} {2}");
  EXPECT_EQ(fill("{", {"x"}), "{");
}

TEST(Format, WritesFiguresForPeople) {
  const StringTable en = table("en");
  EXPECT_EQ(format_of(4509715661, 6442450944), "4.2 / 6.0 GB");
  EXPECT_EQ(format_of(100 << 20, 512 << 20), "100 / 512 MB");
  EXPECT_EQ(format_seconds(0.42, en), "0.4 s");
  EXPECT_EQ(format_seconds(42.4, en), "42 s");
  EXPECT_EQ(format_seconds(59.4, en), "59 s");
  EXPECT_EQ(format_seconds(59.6, en), "1:00");
  EXPECT_EQ(format_seconds(125, en), "2:05");
  EXPECT_EQ(format_seconds(3725, en), "1:02:05");
  EXPECT_EQ(format_pair(171 * kMiB, 19 * kMiB),
            (std::pair<std::string, std::string>("171", "19 MB")));
  EXPECT_EQ(format_pair(kGiB / 2, 2 * kGiB),
            (std::pair<std::string, std::string>("0.5", "2.0 GB")));
  EXPECT_EQ(format_predicted(80, true, en), "≈ 1:20");
  EXPECT_EQ(format_predicted(5.6, false, en), "6 s");
  EXPECT_EQ(format_number(2), "2");
  EXPECT_EQ(format_number(3.5), "3.5");
  EXPECT_EQ(option_name("stream-blocks:6", en), "Layers in main memory: 6");
  EXPECT_EQ(option_name("pieces:256", en), "In 256 pieces");
  EXPECT_EQ(option_name("a-new-rung", en), "a-new-rung");
}

TEST(Format, WhatIsMissingIsNeverNothing) {
  EXPECT_EQ(format_missing(1), "< 1 MB");
  EXPECT_EQ(format_missing(kMiB), "1 MB");
  EXPECT_EQ(format_missing(kMiB + 1), "2 MB");
  EXPECT_EQ(format_missing(kGiB), "1.0 GB");
  EXPECT_EQ(format_missing(kGiB + kMiB), "1.1 GB");
}

TEST(Format, ASentenceBeginsWithACapitalButANameDoesNot) {
  const StringTable en = table("en");
  const Message taken = say("other programs took {0}", "12 MB");
  EXPECT_EQ(sentence(taken, en), "Other programs took 12 MB.");
  EXPECT_EQ(sentence(say("{0}; the run goes on", taken), en),
            "Other programs took 12 MB; the run goes on.");
  EXPECT_EQ(sentence(say("{0}; {1}", say("{0} is damaged", "a.png"), taken), en),
            "a.png is damaged; other programs took 12 MB.");
}

TEST(Format, NoticesSpeakTheWindowsLanguage) {
  const Notice slower{Notice::Kind::kSlower, "the device became slower (×1.7)", 1.7};
  const auto words = [](const Notice& notice, const char* language) {
    const StringTable text = table(language);
    return sentence(notice_message(notice), text);
  };
  EXPECT_NE(words(slower, "en").find("slower (×1.7)"), std::string::npos);
  EXPECT_NE(words(slower, "zh").find("×1.7"), std::string::npos);
  EXPECT_NE(words(slower, "zh"), words(slower, "en"));
  EXPECT_EQ(words({Notice::Kind::kOverflow, "as it was said"}, "zh"), "as it was said");
}

TEST(Format, ShortensBetweenCharacters) {
  EXPECT_EQ(shorten("一只可爱的猫", 2), "一只…");
  EXPECT_EQ(shorten("cat", 3), "cat");
  EXPECT_EQ(shorten("cat\nand more", 10), "cat");
}

}  // namespace
}  // namespace headroom
