// Notes and messages go with what they are about. Real events on gui_demo's window.
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

class WindowNotes : public ::testing::Test {
 protected:
  [[nodiscard]] WindowDriver open(std::vector<std::string> options) const {
    options.insert(options.end(), {"--output={folder}/pictures", "--others-file={folder}/others"});
    return WindowDriver({.program = test::built_program("gui_demo"),
                         .arguments = std::move(options),
                         .folder = folder_});
  }
  // Whole at any moment: the window may be reading it.
  void others_hold(const char* bytes) const {
    std::ofstream(folder_ / "new") << bytes;
    fs::rename(folder_ / "new", folder_ / "others");
  }
  static bool has(const json& text, const char* part) {
    return text.get<std::string>().find(part) != std::string::npos;
  }
  const TempFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

TEST_F(WindowNotes, ANoteOfASizeThatDidNotFitFollowsTheMemory) {
  others_hold("600M");
  WindowDriver w = open({"--total=4.7G"});
  ASSERT_TRUE(w.wait([](const json& s) { return s["cards"]["1024"]["state"] == "short"; }));
  w.click("preset.1024");
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["width"] == 768 && has(s["size_note"], "1024×1024 does not fit");
  }));
  others_hold("2G");
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["cards"]["768"]["state"] == "short" && s["size_note"] == "";
  })) << "this one does not fit either";
  others_hold("100M");
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["cards"]["1024"]["state"] != "short" && has(s["size_note"], "1024×1024 fits again");
  }));
  w.screenshot("size_fits_again");
  w.click("size.again");
  EXPECT_TRUE(w.wait([](const json& s) { return s["width"] == 1024 && s["size_note"] == ""; }));
}

TEST_F(WindowNotes, MessagesOfASettledThingGoAndNoneLiesOnThePicture) {
  WindowDriver w = open({"--step-ms=10", "--save=fails"});
  w.click("example.0");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["pictures"] == 1 && s["jobs"] == 0 && s["banners"].size() == 1;
  }));
  ASSERT_TRUE(w.wait([&](const json&) {
    const json widgets = w.read()["widgets"];
    if (!widgets.contains("banner.0")) return false;
    const json& banner = widgets["banner.0"];
    const json& canvas = widgets["canvas"];
    return banner["h"] > 20 &&
           banner["y"].get<double>() + banner["h"].get<double>() <= canvas["y"].get<double>();
  })) << w.read()["widgets"]["banner.0"]
      << w.read()["widgets"]["canvas"];
  w.screenshot("banner_above");
  w.click("save_again");
  ASSERT_TRUE(w.wait([](const json& s) { return s["picture_file"] != ""; }));
  EXPECT_TRUE(w.wait([](const json& s) {
    return s["banners"].empty() || (s["banners"].size() == 1 && has(s["banners"][0], ".png"));
  })) << w.state()["banners"];
  EXPECT_TRUE(w.wait([](const json& s) { return s["banners"].empty() && s["folded"] == 0; }));
}

TEST_F(WindowNotes, AFailureIsForgottenWhenThePictureIsMade) {
  WindowDriver w = open({"--step-ms=10"});
  w.click("prompt");
  w.type("fail once");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 1 && s["jobs"] == 0; }));
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1; }));
  EXPECT_TRUE(w.wait([](const json& s) { return s["banners"].empty(); }));
}

TEST_F(WindowNotes, ThatARunGoesOnIsNoLongerSaidWhenItHasFailed) {
  WindowDriver w = open({"--step-ms=100"});
  w.click("prompt");
  w.type("squeezed out");
  w.click("generate");
  ASSERT_TRUE(w.wait([&](const json& s) {
    return s["banners"].size() == 1 && has(s["banners"][0], "goes on with");
  }));
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 0 && !s["banners"].empty(); }));
  EXPECT_TRUE(w.wait([&](const json& s) {
    return s["banners"].size() == 1 && has(s["banners"][0], "no smaller plan") && s["folded"] == 0;
  })) << w.state()["banners"];
}

TEST_F(WindowNotes, ThatARunGoesOnIsNoLongerSaidWhenItHasEndedOrWasCancelled) {
  WindowDriver w = open({"--step-ms=150"});
  w.click("prompt");
  w.type("go on");
  for (const bool cancelled : {false, true}) {
    w.click("generate");
    ASSERT_TRUE(w.wait([&](const json& s) {
      return s["running"] && s["banners"].size() == 1 && has(s["banners"][0], "goes on with");
    }));
    if (cancelled) w.click("cancel");
    ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 0; }));
    EXPECT_TRUE(w.wait([](const json& s) { return s["banners"].empty() && s["folded"] == 0; }))
        << w.state()["banners"];
  }
}

TEST_F(WindowNotes, AWarningFoldsIntoTheBellAfterAWhile) {
  WindowDriver w = open({"--step-ms=10"});
  w.click("prompt");
  w.type("slow");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["banners"].size() == 1; }));
  ASSERT_TRUE(w.wait([](const json& s) { return s["folded"] == 1 && s["banners"].empty(); }));
  w.click("bell");
  ASSERT_TRUE(w.wait_for_widget("bell.0.close"));
  w.screenshot("bell");
  w.click("bell.0.close");
  EXPECT_TRUE(w.wait([](const json& s) { return s["folded"] == 0; }));
}

TEST_F(WindowNotes, ASlowDeviceIsToldOnceASession) {
  WindowDriver w = open({"--step-ms=10"});
  w.click("prompt");
  w.type("slow");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["banners"].size() == 1; }));
  w.click("banner.0.close");
  ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].empty(); }));
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 2 && s["jobs"] == 0; }));
  EXPECT_TRUE(w.state()["banners"].empty());
}

TEST_F(WindowNotes, NoTipOpensWhereSomethingWasPressedWhenItsStateChanges) {
  others_hold("600M");
  WindowDriver w = open({"--total=4.7G", "--step-ms=50"});
  w.click("prompt");
  w.type("a cat");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
  const auto shows_tip = [&](double seconds) {
    return w.wait([&](const json&) { return w.read()["widgets"].contains("tip"); }, seconds);
  };
  others_hold("4.6G");
  ASSERT_TRUE(w.wait([](const json& s) { return s["can_generate"] == false; }));
  EXPECT_FALSE(shows_tip(3));
  others_hold("600M");
  ASSERT_TRUE(w.wait([](const json& s) { return s["can_generate"] == true; }));
  EXPECT_FALSE(shows_tip(3));
  w.hover("steps");
  w.hover("generate");
  EXPECT_TRUE(shows_tip(5)) << "the mouse came back";
}

TEST_F(WindowNotes, TheBellsListIsOnTheScreenOfANarrowWindow) {
  WindowDriver w(
      {.program = test::built_program("gui_demo"),
       .arguments = {"--width=640", "--height=1000", "--step-ms=10", "--output={folder}/pictures"},
       .width = 640,
       .height = 1000,
       .folder = folder_});
  w.click("prompt");
  w.type("slow");
  w.key("ctrl+Return");
  ASSERT_TRUE(w.wait([](const json& s) { return s["folded"] == 1; }, 60));
  w.click("bell");
  ASSERT_TRUE(w.wait_for_widget("bell.0"));
  const json list = w.read()["widgets"]["bell.0"];
  EXPECT_GE(list["x"].get<double>(), 0);
  EXPECT_LE(list["x"].get<double>() + list["w"].get<double>(), 640);
  w.key("Escape");
  EXPECT_TRUE(w.wait([&](const json&) { return !w.read()["widgets"].contains("bell.0"); }));
}

}  // namespace
}  // namespace headroom::test
