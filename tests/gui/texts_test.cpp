// The texts: all languages have the same keys, and every key that the code names exists.
#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/languages.h"
#include "headroom/core/plan.h"
#include "headroom/core/size.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/problems.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

StringTable table(const std::string& language) {
  return StringTable(fs::path(HEADROOM_SOURCE_DIR) / "configs/lang" / (language + ".yaml"));
}

std::set<std::string> used_keys() {
  std::set<std::string> keys;
  // Every literal that looks like a key of ours: words with at least one dot.
  const std::regex literal("\"([a-z_]+(\\.[a-z_0-9]+)+)\"");
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(HEADROOM_SOURCE_DIR) / "src")) {
    const std::string path = entry.path().string();
    if (path.find("/src/gui") == std::string::npos || !path.ends_with(".cpp")) continue;
    std::ifstream in(entry.path());
    const std::string code{std::istreambuf_iterator<char>(in), {}};
    const std::regex call(
        "(?:\\bt(?:ext)?|[^.a-z_]say)\\((?:[^()\"]*\\?)?[^\"()]*((?:\"[a-z_.0-9]+\"[^\"()]*)+)\\)");
    for (std::sregex_iterator it(code.begin(), code.end(), call), end; it != end; ++it) {
      const std::string arguments = (*it)[1];
      for (std::sregex_iterator k(arguments.begin(), arguments.end(), literal); k != end; ++k)
        keys.insert((*k)[1]);
    }
    const std::regex row(
        "\"((?:gauge\\.row|keys|stages|picture|banner|note|offer)\\.[a-z_.]+)\"");  // and in
                                                                                    // messages
    for (std::sregex_iterator it(code.begin(), code.end(), row), end; it != end; ++it)
      keys.insert((*it)[1]);
  }
  for (const StageEntry& stage : kStages) keys.insert("stage." + std::string(stage.name));
  for (const SizePreset& preset : kSizePresets) keys.insert("preset." + std::string(preset.name));
  for (const char* const option :
       {"resident", "evict-encoder", "sequential-guidance", "chunk-tokens", "tile-decode",
        "evict-transformer", "stream-blocks", "stream-encoder", "cpu-decode"}) {
    keys.insert(std::string("rung.") + option);
  }
  for (const char* const notice : {"slower", "slower-others"})
    keys.insert(std::string("notice.") + notice);
  for (const char* const choice : {"all", "prompt", "seed", "image", "close"}) {
    keys.insert(std::string("offer.") + choice);
    keys.insert(std::string("tip.offer.") + choice);
  }
  for (const char* const format : {"auto", "fp32", "bf16", "fp16", "int8"})
    keys.insert("tip.format." + std::string(format));
  keys.insert({"models.opening", "models.waits"});
  keys.insert({"banner.start", "banner.config"});  // said by the program that opens the window
  return keys;
}

// "_" stands for a blank at which no line ends.
TEST(Texts, ANumberStaysWithItsUnitAndItsSign) {
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

TEST(Texts, EveryLanguageHasTheSameKeys) {
  for (const Language& language : kLanguages) {
    EXPECT_EQ(table("en").keys(), table(std::string(language.code)).keys()) << language.code;
  }
}

TEST(Texts, EveryLanguageFillsInTheSamePlaces) {
  const StringTable en = table("en");
  for (const Language& language : kLanguages) {
    const StringTable other = table(std::string(language.code));
    for (const std::string& key : en.keys()) {
      for (const char* const place : {"{0}", "{1}", "{2}", "{3}"}) {
        EXPECT_EQ(en.text(key).find(place) == std::string::npos,
                  other.text(key).find(place) == std::string::npos)
            << language.code << " " << key << " " << place;
      }
    }
  }
}

TEST(Texts, EveryKeyThatTheCodeUsesExists) {
  const StringTable en = table("en");
  const std::set<std::string> keys = used_keys();
  EXPECT_GT(keys.size(), 100U);  // the search itself works
  for (const std::string& key : keys) EXPECT_TRUE(en.contains(key)) << key;
}

TEST(Texts, NoTextIsUnused) {
  const std::set<std::string> used = used_keys();
  for (const std::string& key : table("en").keys()) EXPECT_TRUE(used.contains(key)) << key;
}

TEST(StringTable, AMissingTextIsItsKey) {
  EXPECT_EQ(StringTable().text("no.such.key"), "no.such.key");
}

TEST(StringTable, RefusesWhatIsNoFlatListOfTexts) {
  const auto message = [](const std::string& yaml) {
    const fs::path file = fs::path(testing::TempDir()) / "headroom_texts.yaml";
    std::ofstream(file) << yaml;
    try {
      const StringTable read(file);
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kConfig);
      return std::string(e.what());
    }
    return std::string("nothing was thrown");
  };
  EXPECT_NE(message("a: b\nc: [1]\n").find("headroom_texts.yaml:2: "), std::string::npos);
  EXPECT_NE(message("a: b\na: c\n").find(":2: a is there twice"), std::string::npos);
  EXPECT_NE(message("a: [b\n").find("not valid YAML"), std::string::npos);
  EXPECT_NE(message("- a\n").find("key: text"), std::string::npos);
  EXPECT_THROW(StringTable(fs::path("/nowhere/en.yaml")), Error);
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

TEST(Problems, SayWhatIsWrongInTheWindowsLanguage) {
  UiState state;
  StringTable zh = table("zh");
  zh.add(fs::path(HEADROOM_SOURCE_DIR) / "configs/lang/messages.zh.yaml");
  ASSERT_EQ(find_problems(state, 64).size(), 1U);
  EXPECT_EQ(zh.words(find_problems(state, 64)[0].message), zh.text("problem.empty"));
  state.draft.prompt = "猫";
  EXPECT_TRUE(find_problems(state, 64).empty());
  state.seed_text = "99999999999999999999";
  state.draft.width = 100;
  const auto problems = find_problems(state, 64);
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].field, RequestProblem::Field::kSize);
  EXPECT_EQ(sentence(problems[0].message, zh),
            "尺寸 100×512：边长须是 64 的倍数，从 64 到 8192 像素；最接近的是 128×512。");
  EXPECT_EQ(problems[1].field, RequestProblem::Field::kSeed);
}

TEST(Problems, AMissingForecastBlocksNothingAndAShortOneNamesTheWayOut) {
  const StringTable en = table("en");
  EXPECT_EQ(why_blocked({}, nullptr, {}, en), "");
  Forecast forecast;
  forecast.plan.peak_bytes = 4 * kGiB;
  forecast.budget.total_bytes = 3 * kGiB;
  forecast.budget.budget_bytes = 3 * kGiB;
  forecast.shortfall_bytes = kGiB;
  forecast.suggestion = Size{512, 512};
  const std::string why = why_blocked({}, &forecast, {}, en);
  EXPECT_TRUE(why.starts_with("Needs 4.00 GB. 3.00 GB on the card")) << why;
  EXPECT_TRUE(why.ends_with("512×512 fits.")) << why;
  forecast.fits = true;
  EXPECT_EQ(why_blocked({}, &forecast, {}, en), "");
  Forecast broken;
  broken.reason = "the model folder is gone";
  EXPECT_EQ(why_blocked({}, &broken, {}, en), "the model folder is gone");
  broken.reason = say("the file is missing; download the model again");
  EXPECT_EQ(why_blocked({}, &broken, {}, en), "The file is missing; download the model again.");
}

}  // namespace
}  // namespace headroom
