// Chinese typed with fcitx5's pinyin on a real keyboard: a key that the input method takes does
// nothing else. Needs fcitx5-pinyin.
#include "support/paths.h"
#include "support/temp_folder.h"
#include "support/window_driver.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class InputMethod : public ::testing::Test {
 protected:
  InputMethod() {
    // The one method of the only group is always on.
    fs::create_directories(folder_ / ".config/fcitx5");
    std::ofstream(folder_ / ".config/fcitx5/profile")
        << "[Groups/0]\nName=Default\nDefault Layout=us\nDefaultIM=pinyin\n"
           "[Groups/0/Items/0]\nName=pinyin\nLayout=\n[GroupOrder]\n0=Default\n";
  }

  [[nodiscard]] Launch launch(std::vector<std::string> options = {}) const {
    options.insert(options.end(), {"--output={folder}/pictures", "--language=zh"});
    return {.program = test::built_program("gui_demo"),
            .arguments = std::move(options),
            .environment = {"HOME={folder}", "XDG_CONFIG_HOME={folder}/.config",
                            "XDG_DATA_HOME={folder}/.local", "XDG_CACHE_HOME={folder}/.cache",
                            "XMODIFIERS=@im=fcitx", "LC_ALL=C.UTF-8"},
            .companion = {"sh", "-c",
                          "exec fcitx5 --disable=wayland,waylandim,notifications,notificationitem,"
                          "clipboard,kimpanel,dbus,dbusfrontend,ibusfrontend,fcitx4frontend "
                          ">{folder}/fcitx5.log 2>&1"},
            .folder = folder_};
  }

  // Letters that the input method composes; it has taken them when its list is on the screen.
  static void compose(WindowDriver& window, const std::string& letters) {
    for (const char letter : letters) window.key(std::string(1, letter));
    ASSERT_TRUE(wait_for_popup(window.screen(), "headroom", 10)) << "no candidates for " << letters;
  }

  // Letters go to the input method once the field has told it.
  static void enter_prompt(WindowDriver& window) {
    window.click("prompt");
    ASSERT_TRUE(window.wait([](const json& s) { return s["editing"] == true; }));
  }

  // 猫, and nothing else in the prompt.
  static void type_cat(WindowDriver& window) {
    ASSERT_TRUE(wait_for_input_method(window.screen(), "fcitx", 20)) << "fcitx5 does not run";
    enter_prompt(window);
    compose(window, "mao");
    window.key("space");
    ASSERT_TRUE(window.wait([](const json& s) { return s["prompt"] == "猫"; }))
        << window.state()["prompt"];
  }

  const TempFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

TEST_F(InputMethod, CorrectingTheCompositionLeavesTheTextAlone) {
  WindowDriver w(launch());
  type_cat(w);
  compose(w, "hong");
  for (const char* const key : {"BackSpace", "Left", "BackSpace", "Home", "Delete"}) w.key(key);
  w.key("Escape");
  compose(w, "mao");
  w.key("space");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "猫猫"; })) << w.state()["prompt"];
}

TEST_F(InputMethod, ReturnTakesTheLettersAndMakesNoNewLine) {
  WindowDriver w(launch());
  type_cat(w);
  compose(w, "hong");
  w.key("Return");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "猫hong"; })) << w.state()["prompt"];
  w.key("Return");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "猫hong\n"; }))
      << "a key that the input method has no use for is the window's: " << w.state()["prompt"];
}

TEST_F(InputMethod, EscEndsTheCompositionAndNothingElse) {
  WindowDriver w(launch({"--step-ms=1000"}));
  type_cat(w);
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
  enter_prompt(w);
  compose(w, "lan");
  w.key("Escape");
  // The field still has the keys: only another Esc leaves it.
  compose(w, "mao");
  w.key("space");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "猫猫"; })) << w.state()["prompt"];
  EXPECT_TRUE(w.state()["editing"]);
  EXPECT_TRUE(w.state()["running"]);
  EXPECT_FALSE(w.state()["escape_cancels"]);
  EXPECT_FALSE(w.state()["cancelling"]);
}

TEST_F(InputMethod, LettersOutsideOfTheFieldsAreShortcuts) {
  WindowDriver w(launch({"--step-ms=10"}));
  type_cat(w);
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
  ASSERT_EQ(w.state()["seed"], "");
  const auto on_canvas = [&] {
    w.click("canvas");
    return w.wait([](const json& s) { return s["canvas_focused"] == true; });
  };
  ASSERT_TRUE(on_canvas());
  w.key("s");
  EXPECT_TRUE(w.wait([](const json& s) { return s["seed"] != ""; })) << "S takes the seed";
  EXPECT_FALSE(wait_for_popup(w.screen(), "headroom", 1)) << "candidates for a shortcut";

  w.click("seed.random");
  enter_prompt(w);
  compose(w, "hong");  // and left half written
  ASSERT_TRUE(on_canvas());
  w.key("s");
  EXPECT_TRUE(w.wait([](const json& s) { return s["seed"] != ""; }));
  EXPECT_FALSE(wait_for_popup(w.screen(), "headroom", 1));

  enter_prompt(w);
  compose(w, "mao");
  w.key("space");
  EXPECT_TRUE(w.wait([](const json& s) {
    return s["prompt"].get<std::string>().ends_with("猫") && s["prompt"] != "猫";
  })) << "a field has the input method again: "
      << w.state()["prompt"];
}

TEST_F(InputMethod, CandidatesAppearAtTheTextCursor) {
  WindowDriver w(launch());
  type_cat(w);
  compose(w, "hong");
  w.screenshot("candidates");
  const auto place = wait_for_popup(w.screen(), "headroom", 5);
  ASSERT_TRUE(place);
  const json field = w.read()["widgets"]["prompt"];
  // Below the first line of the prompt, a little to the right of its one character.
  EXPECT_NEAR(place->x, field["x"].get<double>() + 30, 40);
  EXPECT_GT(place->y, field["y"].get<double>());
  EXPECT_LT(place->y, field["y"].get<double>() + 60);
}

}  // namespace
}  // namespace headroom::test
