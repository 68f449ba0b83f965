// The row of buttons under the picture. Real clicks and keys on gui_demo's window.
#include "headroom/records/headroom_entry.h"

#include "gui/picture_window.h"
#include "support/drawn_texts.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class WindowVary : public PictureWindow {};

// What gui_demo's plans say of 512×512: 3 GiB and 1200 B a pixel, each and an eighth more. Of four
// pictures of sixteen steps: 0.7 s, and for each 4.8 s and 0.5 s.
TEST_F(WindowVary, MakesFourPicturesLikeTheShownOneForThePriceThatItSays) {
  WindowDriver w = open({"--step-ms=5"});
  make_one(w);
  ASSERT_TRUE(wait_for_text(w, "Vary · 3.3 GB · 22 s"));
  w.click("vary");
  ASSERT_TRUE(finished(w, 5)) << w.state();
  EXPECT_EQ(w.state()["prompt"], "a red fox") << "the draft is as it was";
  EXPECT_EQ(w.state()["count"], 1);
  const std::string last = made(w);
  EXPECT_NE(last.find("\"seed\":42"), last.npos) << "of the first one";
  EXPECT_NE(last.find("\"variation\":{"), last.npos);
  EXPECT_NE(last.find("\"strength\":0.3"), last.npos);
  EXPECT_NE(last.find("\"variation_seed\":"), last.npos);
  EXPECT_TRUE(w.wait_for_words("value.picture.variation", " · 0.3"));
  w.screenshot("varied");
  // Its settings say that it is a variation, and how to leave that.
  w.click("use_settings");
  ASSERT_TRUE(w.wait_for_widget("variation.remove"));
  w.screenshot("variation_chip");
  w.click("variation.remove");
  ASSERT_TRUE(w.wait([&](const json&) { return !w.read()["widgets"].contains("variation"); }));
  w.click("canvas");
  w.key("ctrl+z");
  EXPECT_TRUE(w.wait_for_widget("variation.remove")) << "with a way back";
}

// Nothing that changes a picture works unseen.
TEST_F(WindowVary, WhatAPictureSaysOfItsNoiseIsTakenOverSeenAndCanBeLeft) {
  GenerationRequest request;
  request.prompt = "a red fox";
  request.variation = Variation{7, 0.2};
  request.variety = Variety{0.5, 40};
  request.seed_mode = SeedMode::kComposition;
  GeneratedImage picture;
  picture.seed = 42;
  WindowDriver w = open({"--step-ms=5"});
  w.click("canvas");
  w.paste(headroom_entry(request, picture));
  ASSERT_TRUE(w.wait_for_widget("offer.all")) << w.state();
  EXPECT_FALSE(wait_for_text(w, "Not understood", 1));
  w.click("offer.all");
  for (const char* const chip : {"variation.remove", "variety.remove", "seed_mode.remove"})
    ASSERT_TRUE(w.wait_for_widget(chip)) << chip;
  EXPECT_TRUE(wait_for_text(w, "Variety 0.5 · 40 %"));
  rest();
  w.screenshot("noise_chips");
  w.click("generate");
  ASSERT_TRUE(finished(w, 1)) << w.state();
  const std::string said = made(w);
  for (const char* const part :
       {"\"seed_mode\":\"composition\"", "\"percent\":40", "\"strength\":0.2"})
    EXPECT_NE(said.find(part), said.npos) << part;
  w.click("variety.remove");
  w.click("seed_mode.remove");
  ASSERT_TRUE(w.wait([&](const json&) { return !w.read()["widgets"].contains("seed_mode"); }));
  w.click("generate");
  ASSERT_TRUE(finished(w, 2)) << w.state();
  EXPECT_EQ(made(w).find("\"seed_mode\":\"composition\""), std::string::npos);
  EXPECT_EQ(made(w).find("\"percent\""), std::string::npos);
}

TEST_F(WindowVary, ADoubleClickIsOneJobAndWithShiftTwo) {
  {
    WindowDriver w = open({"--step-ms=5"});
    make_one(w);
    EXPECT_EQ(w.close(10), 0);
  }
  WindowDriver w = open({"--step-ms=2000", "--frame-ms=200"});
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1; }));
  ASSERT_TRUE(w.wait_for_widget("vary"));
  w.double_click("vary");
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 1; }));
  std::this_thread::sleep_for(std::chrono::seconds(2));
  EXPECT_EQ(w.state()["jobs"], 1);
  w.double_click("vary", /*shift=*/true);
  EXPECT_TRUE(w.wait([](const json& s) { return s["jobs"] == 3; })) << w.state()["jobs"];
}

TEST_F(WindowVary, AWaitingJobStaysAVariationOverTheNextStart) {
  {
    WindowDriver w = open({"--step-ms=5"});
    make_one(w);
    EXPECT_EQ(w.close(10), 0);
  }
  {
    WindowDriver w = open({"--step-ms=1000"});
    ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1; }));
    ASSERT_TRUE(w.wait_for_widget("vary"));
    w.click("vary");
    ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
    w.ask_to_close();
    ASSERT_TRUE(w.wait_for_widget("close.now"));
    rest();
    w.click("close.now");
    ASSERT_EQ(w.wait_for_exit(20), 0);
  }
  WindowDriver w = open({"--step-ms=5"});
  ASSERT_TRUE(w.wait([](const json& s) { return s["offered"] == 1; }));
  rest();
  w.click("banner.0.action");
  ASSERT_TRUE(finished(w, 5)) << w.state();
  EXPECT_NE(made(w).find("\"variation\":{"), std::string::npos);
}

// Their records name the start by its name and bytes; it lies beside them.
TEST_F(WindowVary, APictureThatWasStartedFromOneIsVariedAfterTheNextStart) {
  {
    WindowDriver w = open({"--step-ms=5"});
    make_one(w);
    w.click("use_image");
    ASSERT_TRUE(w.wait([](const json& s) { return s["start_found"] == true; }));
    w.click("prompt");
    w.key("ctrl+Return");
    ASSERT_TRUE(finished(w, 2)) << w.state();
    w.click("start.remove");
    ASSERT_TRUE(w.wait([](const json& s) { return s["start"] == ""; }));
    EXPECT_EQ(w.close(10), 0);
  }
  WindowDriver w = open({"--step-ms=5"});
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 2; }));
  ASSERT_TRUE(w.wait_for_widget("vary"));
  w.click("strip.1");
  ASSERT_TRUE(w.wait([](const json& s) { return s["selected"] == 1; }));
  rest();
  w.click("vary");
  ASSERT_TRUE(finished(w, 6)) << w.state();
  const std::string last = made(w);
  EXPECT_NE(last.find("\"variation\":{"), last.npos);
  EXPECT_NE(last.find("\"init_image\":{"), last.npos);
}

TEST_F(WindowVary, WhatCannotBeSaysWhyAndWhatCanIsReachedByTheKeyboard) {
  WindowDriver w = open({"--step-ms=5", "--save=never"});
  make_one(w);
  const json widgets = w.read()["widgets"];
  EXPECT_EQ(widgets["use_image"]["enabled"], false);
  EXPECT_EQ(widgets["mask"]["enabled"], false);
  EXPECT_EQ(widgets["vary"]["enabled"], true) << "it needs no file";
  w.hover("mask");
  EXPECT_TRUE(w.wait_for_words("tip", "no file"));
  w.click("canvas");
  ASSERT_TRUE(w.wait([](const json& s) { return s["canvas_focused"] == true; }));
  w.key("Tab");
  ASSERT_TRUE(w.wait([](const json& s) { return s["canvas_focused"] == false; }));
  EXPECT_EQ(w.state()["region"], "canvas");
  w.screenshot("row_by_keyboard");
  w.key("space");  // the first of them
  EXPECT_TRUE(finished(w, 5)) << w.state();
}

TEST_F(WindowVary, WhatDoesNotFitIsOffWithTheSum) {
  const fs::path others = folder_ / "others";
  std::ofstream(others) << "600M";
  WindowDriver w = open({"--step-ms=5", "--others-file=" + others.string()});
  make_one(w);
  std::ofstream(others) << "4G";
  ASSERT_TRUE(w.wait([&](const json&) { return w.read()["widgets"]["vary"]["enabled"] == false; }));
  w.hover("vary");
  EXPECT_TRUE(w.wait_for_words("tip", "Needs 3.3"));
  w.click("canvas");
  w.key("ctrl+r");
  rest();
  EXPECT_EQ(w.state()["jobs"], 0) << "by its key neither";
}

TEST_F(WindowVary, SettingsAreTakenWholeOrInPart) {
  WindowDriver w = open({"--step-ms=5"});
  make_one(w);
  w.click("prompt");
  w.key("ctrl+a");
  w.type("a blue cat");
  w.click("preset.768");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 768; }));
  const auto take = [&](const char* part) {
    w.click("settings");
    ASSERT_TRUE(w.wait_for_widget(part));
    rest();
    w.click(part);
    ASSERT_TRUE(w.wait([&](const json&) { return !w.read()["widgets"].contains(part); }));
  };
  w.click("settings");
  ASSERT_TRUE(w.wait_for_widget("settings.seed"));
  rest();
  w.screenshot("settings_list");
  w.key("Escape");
  ASSERT_TRUE(w.wait([&](const json&) { return !w.read()["widgets"].contains("settings.seed"); }));
  take("settings.seed");
  ASSERT_TRUE(w.wait([](const json& s) { return s["seed"] == "42"; }));
  EXPECT_EQ(w.state()["prompt"], "a blue cat");
  take("settings.prompt");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a red fox"; }));
  EXPECT_EQ(w.state()["width"], 768);
  take("settings.all");
  EXPECT_TRUE(w.wait([](const json& s) { return s["width"] == 512; }));
}

// A picture finished at 1024×1024 from itself, and made twice as large by an upscaler; see
// window_finish_test.cpp and window_upscale_test.cpp.
TEST_F(WindowVary, EveryRunOfTheRowSaysItsPriceOnItOrWhereItHasNoRoomInItsTip) {
  {
    WindowDriver w = open({"--step-ms=5", "--total=8G"}, 1920, 1000);
    make_one(w);
    EXPECT_TRUE(wait_for_text(w, "Vary · 3.3 GB · 22 s"));
    EXPECT_TRUE(wait_for_text(w, "Finish · 5.9 GB · 3 s"));
    EXPECT_TRUE(wait_for_text(w, "Upscale · 1.3 GB · 2 s"));
    rest();
    w.screenshot("row_prices");
    EXPECT_EQ(w.close(10), 0);
  }
  fs::remove_all(folder_ / "state");
  WindowDriver w = open({"--step-ms=5", "--total=8G"}, 1000, 640);
  make_one(w);
  w.hover("finish");
  EXPECT_TRUE(w.wait_for_words("tip", "5.9 GB · 3 s")) << w.read()["says"];
  w.hover("upscale");
  EXPECT_TRUE(w.wait_for_words("tip", "1.3 GB · 2 s")) << w.read()["says"];
}

TEST_F(WindowVary, TheRowLiesInOneLineInEveryLayout) {
  for (const Look& look : {Look{1000, 640, "en", "dark"}, Look{1000, 640, "zh", "light"},
                           Look{1280, 800, "zh", "dark"}, Look{1280, 800, "en", "light"},
                           Look{1600, 900, "en", "dark"}, Look{640, 1000, "en", "light"},
                           Look{640, 1000, "zh", "dark"}}) {
    const std::string name = look.name_of("row");
    fs::remove_all(folder_ / "state");
    WindowDriver w = open(look.options("--step-ms=5"), look.width, look.height);
    make_one(w);
    ASSERT_TRUE(wait_for_text(w, "3.3 GB · 22")) << name << ": the price is always there";
    double right = 0;
    const json widgets = w.read()["widgets"];
    for (const char* const widget :
         {"vary", "finish", "use_image", "mask", "settings", "canvas.fit", "canvas.actual"}) {
      ASSERT_TRUE(widgets.contains(widget)) << name << " " << widget;
      const json& at = widgets[widget];
      EXPECT_GE(at["x"].get<double>(), right) << name << " " << widget;
      EXPECT_EQ(at["y"], widgets["vary"]["y"]) << name << " " << widget;
      right = at["x"].get<double>() + at["w"].get<double>();
    }
    EXPECT_LE(right, look.width) << name;
    rest();
    w.screenshot(name);
    EXPECT_EQ(w.close(10), 0);
  }
}

}  // namespace
}  // namespace headroom::test
