#include "headroom/gui_state/window_preferences.h"

#include "headroom/core/error.h"

#include "support/temp_folder.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

class WindowPreferencesFile : public ::testing::Test {
 protected:
  WindowPreferences read(const std::string& text) {
    std::ofstream(folder_ / "window.json") << text;
    return read_preferences(folder_ / "window.json");
  }
  const test::TempFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

TEST_F(WindowPreferencesFile, IsReadBackAsItWasWritten) {
  const fs::path file = folder_ / "made" / "window.json";
  write_preferences(file, {{{"zh", "auto"}}, {{"light", "dark"}}, {{"1.25", "0"}}});
  const WindowPreferences back = read_preferences(file);
  ASSERT_TRUE(back.language && back.theme && back.zoom);
  EXPECT_EQ(back.zoom->chosen, "1.25");
  EXPECT_EQ(back.language->chosen, "zh");
  EXPECT_EQ(back.language->configured, "auto");
  EXPECT_EQ(back.theme->chosen, "light");
  EXPECT_EQ(back.theme->configured, "dark");
  EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), {}), 1)
      << "no temporary file is left";
}

TEST_F(WindowPreferencesFile, ReplacesWhatWasThere) {
  const fs::path file = folder_ / "window.json";
  write_preferences(file, {{{"zh", "auto"}}, {{"light", "dark"}}, {}});
  write_preferences(file, {{{"en", "auto"}}, {}, {}});
  EXPECT_EQ(read_preferences(file).language->chosen, "en");
  EXPECT_FALSE(read_preferences(file).theme);
}

TEST_F(WindowPreferencesFile, IsIgnoredWhenItIsMissingOrBroken) {
  EXPECT_FALSE(read_preferences(folder_ / "none.json").language);
  EXPECT_FALSE(read_preferences(folder_).theme);
  for (const char* const text :
       {"", "{", "[]", "7", R"({"language": "zh"})", R"({"language": {"chosen": "zh"}})",
        R"({"language": {"chosen": "fr", "configured": "auto"}})",
        R"({"language": {"chosen": 1, "configured": "auto"}})"}) {
    EXPECT_FALSE(read(text).language) << text;
  }
}

TEST_F(WindowPreferencesFile, OneBrokenChoiceDoesNotCostTheOther) {
  const WindowPreferences back =
      read(R"({"language": 3, "theme": {"chosen": "light", "configured": "dark"}, "new": {}})");
  EXPECT_FALSE(back.language);
  ASSERT_TRUE(back.theme);
  EXPECT_EQ(back.theme->chosen, "light");
}

TEST_F(WindowPreferencesFile, ThatCannotBeWrittenIsNamed) {
  std::ofstream(folder_ / "file") << "in the way";
  const fs::path file = folder_ / "file" / "window.json";
  try {
    write_preferences(file, {});
    FAIL() << "nothing was thrown";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kIo);
    EXPECT_NE(std::string(e.what()).find(file.string()), std::string::npos) << e.what();
  }
}

TEST(WindowPreferences, AChoiceHoldsUntilTheConfigurationChanges) {
  const WindowPreferences::Choice choice{"light", "dark"};
  EXPECT_EQ(choose(choice, "dark"), "light");
  EXPECT_EQ(choose(choice, "light"), "light");
  EXPECT_EQ(choose(WindowPreferences::Choice{"zh", "auto"}, "en"), "en");
  EXPECT_EQ(choose(std::nullopt, "dark"), "dark");
}

}  // namespace
}  // namespace headroom
