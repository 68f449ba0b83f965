// Kept pictures made larger by an upscaler. Real clicks and keys on gui_demo's window; what it
// finds stands in demo_lists.h.
#include "gui/picture_window.h"
#include "support/drawn_texts.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// What gui_demo's plans say of it: 1 GiB and 300 B a pixel of the result, these and an eighth more,
// and 2 µs a pixel; by Lanczos nothing of the device and a tenth of the time.
class WindowUpscale : public PictureWindow {
 protected:
  static void open_list(WindowDriver& w) {
    w.click("upscale");
    ASSERT_TRUE(w.wait_for_widget("upscale.start"));
    rest();
  }
  static bool costs(const WindowDriver& w, int model, const std::string& price) {
    return w.wait_for_words("upscale.model." + std::to_string(model), price, 5);
  }
};

TEST_F(WindowUpscale, MakesThePictureLargerByTheModelThatIsChosen) {
  WindowDriver w = open({"--step-ms=5"});
  make_one(w);
  const fs::path origin = w.state()["picture_file"].get<std::string>();
  open_list(w);
  EXPECT_TRUE(costs(w, 1, "1.3 GB · 2 s"));
  EXPECT_TRUE(costs(w, 3, "0.2 s"));
  ASSERT_TRUE(wait_for_text(w, "Upscale to 1024×1024 · 1.3 GB · 2 s"));
  w.screenshot("upscale_list");
  w.click("upscale.scale.4");
  ASSERT_TRUE(wait_for_text(w, "Upscale to 2048×2048 · 2.3 GB · 8 s"));
  w.click("upscale.model.2");
  ASSERT_TRUE(wait_for_text(w, "Upscale to 1024×1024 · 1.3 GB · 2 s")) << "as far as it reaches";
  EXPECT_EQ(w.read()["widgets"]["upscale.scale.3"]["enabled"], false);
  w.hover("upscale.scale.3");
  EXPECT_TRUE(w.wait_for_words("tip", "2× as large at most"));
  w.click("upscale.model.1");
  ASSERT_TRUE(wait_for_text(w, "Upscale to 2048×2048"));
  w.click("upscale.start");
  ASSERT_TRUE(finished(w, 2)) << w.state();
  EXPECT_EQ(w.state()["selected"], 1);
  EXPECT_TRUE(w.wait_for_widget("compare"));
  EXPECT_TRUE(w.wait_for_words("value.picture.size", "2048×2048"));
  EXPECT_TRUE(w.wait_for_words("value.picture.origin", origin.filename().string()));
  EXPECT_TRUE(fs::exists(origin));
  const std::string large = made(w);
  EXPECT_NE(large.find("\"scale\":4"), large.npos);
  rest();
  w.screenshot("upscaled");
  // Its settings are those of the picture that the model made.
  w.click("use_settings");
  EXPECT_TRUE(w.wait([](const json& s) { return s["seed"] == "42" && s["width"] == 512; }));
}

TEST_F(WindowUpscale, AModelIsMixedWithItsCompanionThatRemovesLessNoise) {
  WindowDriver w = open({"--step-ms=5"});
  make_one(w);
  open_list(w);
  ASSERT_TRUE(w.wait_for_widget("upscale.denoise")) << "the chosen model has one";
  w.click("upscale.denoise.value");
  w.key("ctrl+a");
  w.type("0.25");
  w.key("Return");
  w.screenshot("upscale_denoise");
  w.click("upscale.start");
  ASSERT_TRUE(finished(w, 2)) << w.state();
  EXPECT_NE(made(w).find("\"denoise\":0.25"), std::string::npos) << made(w);
  open_list(w);
  w.click("upscale.model.2");
  EXPECT_TRUE(w.wait([&](const json&) { return !w.read()["widgets"].contains("upscale.denoise"); }))
      << "the other has none";
}

TEST_F(WindowUpscale, ItsRowsStayWhileTheyArePointedAt) {
  {
    WindowDriver w = open({"--step-ms=5"});
    make_one(w);
    EXPECT_EQ(w.close(10), 0);
  }
  for (const char* const pointed : {"upscale.model.0", "upscale.scale.3"}) {
    WindowDriver w = open({"--step-ms=5", "--look-ms=3000"});
    ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1; }));
    ASSERT_TRUE(w.wait_for_widget("upscale"));
    open_list(w);
    ASSERT_FALSE(w.read()["widgets"].contains("upscale.model.1")) << "Lanczos alone is known";
    w.hover(pointed);
    rest();
    const json before = w.read()["widgets"][pointed];
    w.screenshot(std::string("upscale_held_") + pointed);
    if (pointed == std::string("upscale.model.0")) {
      ASSERT_TRUE(w.wait_for_widget("upscale.model.3", 20));
      EXPECT_TRUE(wait_for_text(w, "Upscale to 1024×1024 · 0.2 s")) << "it is still the chosen one";
    } else {
      std::this_thread::sleep_for(std::chrono::seconds(10));
      EXPECT_FALSE(w.read()["widgets"].contains("upscale.model.1"));
    }
    rest();
    EXPECT_EQ(w.read()["widgets"][pointed], before);
    w.hover("prompt");
    ASSERT_TRUE(w.wait_for_widget("upscale.model.3"));
    EXPECT_TRUE(costs(w, 3, "0.2 s")) << "Lanczos is the last";
    EXPECT_EQ(w.close(10), 0);
  }
}

TEST_F(WindowUpscale, ABrokenFileSaysWhyAndIsNotChosen) {
  WindowDriver w = open({"--step-ms=5"});
  make_one(w);
  open_list(w);
  EXPECT_TRUE(costs(w, 0, "cannot be used"));
  w.hover("upscale.model.0");
  EXPECT_TRUE(w.wait_for_words("tip", "cut short"));
  w.click("upscale.model.0");
  rest();
  EXPECT_TRUE(wait_for_text(w, "Upscale to 1024×1024 · 1.3 GB")) << "the other one still is";
}

TEST_F(WindowUpscale, WhatDoesNotFitIsOffWithTheSumAndLanczosAlwaysDoes) {
  {
    WindowDriver w = open({"--step-ms=5"});
    make_one(w);
    EXPECT_EQ(w.close(10), 0);
  }
  WindowDriver w = open({"--step-ms=5", "--others=4G"});  // no picture of the model fits
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1; }));
  ASSERT_TRUE(w.wait_for_widget("upscale"));
  open_list(w);
  w.click("upscale.scale.4");
  EXPECT_TRUE(costs(w, 1, "short"));
  EXPECT_TRUE(w.wait_for_words("upscale.reason", "Needs 2.32 GB"));
  EXPECT_EQ(w.read()["widgets"]["upscale.start"]["enabled"], false);
  w.screenshot("upscale_short");
  w.click("upscale.model.3");
  ASSERT_TRUE(wait_for_text(w, "Upscale to 2048×2048"));
  w.click("upscale.start");
  EXPECT_TRUE(finished(w, 2)) << w.state();
}

TEST_F(WindowUpscale, ItShowsHowFarItIsAndCanBeCancelled) {
  WindowDriver w = open({"--step-ms=5"});
  make_one(w);
  EXPECT_EQ(w.close(10), 0);
  WindowDriver slow = open({"--step-ms=1500"});
  ASSERT_TRUE(slow.wait([](const json& s) { return s["pictures"] == 1; }));
  ASSERT_TRUE(slow.wait_for_widget("upscale"));
  open_list(slow);
  slow.click("upscale.start");
  ASSERT_TRUE(slow.wait([](const json& s) { return s["stage"] == "upscale" && s["step"] == 1; }));
  EXPECT_TRUE(slow.wait_for_words("progress", "Upscale · 25 %"));
  EXPECT_TRUE(slow.wait_for_words("value.picture.rungs", "In 4 pieces"));
  slow.screenshot("upscaling");
  slow.click("cancel");
  ASSERT_TRUE(slow.wait([](const json& s) { return s["running"] == false; }));
  EXPECT_EQ(slow.state()["pictures"], 1);
}

TEST_F(WindowUpscale, AWaitingOneIsMadeAfterTheNextStartAndItsResultComesBack) {
  {
    WindowDriver w = open({"--step-ms=5"});
    make_one(w);
    EXPECT_EQ(w.close(10), 0);
  }
  {
    WindowDriver w = open({"--step-ms=2000"});
    ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1; }));
    ASSERT_TRUE(w.wait_for_widget("upscale"));
    open_list(w);
    w.click("upscale.start");
    ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
    w.ask_to_close();
    ASSERT_TRUE(w.wait_for_widget("close.now"));
    rest();
    w.click("close.now");
    ASSERT_EQ(w.wait_for_exit(20), 0);
  }
  {
    WindowDriver w = open({"--step-ms=5"});
    ASSERT_TRUE(w.wait([](const json& s) { return s["offered"] == 1; }));
    rest();
    w.click("banner.0.action");
    ASSERT_TRUE(finished(w, 2)) << w.state();
    EXPECT_EQ(w.close(10), 0);
  }
  WindowDriver w = open({"--step-ms=5"});
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 2; }));
  w.click("strip.1");
  EXPECT_TRUE(w.wait_for_widget("compare"));
  EXPECT_TRUE(w.wait_for_words("value.picture.size", "1024×1024"));
  EXPECT_TRUE(w.wait_for_words("value.picture.model", "fake upscaler"))
      << "not the model's figures";
  EXPECT_TRUE(w.wait_for_words("value.picture.time", "2.1 s"));
  EXPECT_TRUE(w.wait_for_words("value.picture.rungs", "In 4 pieces"));
}

TEST_F(WindowUpscale, TheListLiesInsideTheWindowInEveryLayout) {
  for (const Look& look : {Look{1000, 640, "en", "dark"}, Look{1280, 800, "zh", "light"},
                           Look{640, 1000, "zh", "dark"}, Look{640, 1000, "en", "light"}}) {
    const std::string name = look.name_of("upscale");
    fs::remove_all(folder_ / "state");
    WindowDriver w = open(look.options("--step-ms=5"), look.width, look.height);
    make_one(w);
    open_list(w);
    const json widgets = w.read()["widgets"];
    for (const char* const widget :
         {"upscale.model.0", "upscale.model.3", "upscale.scale.4", "upscale.start"}) {
      ASSERT_TRUE(widgets.contains(widget)) << name << " " << widget;
      const json& at = widgets[widget];
      EXPECT_GE(at["x"].get<double>(), 0) << name << " " << widget;
      EXPECT_GE(at["y"].get<double>(), 0) << name << " " << widget;
      EXPECT_LE(at["x"].get<double>() + at["w"].get<double>(), look.width) << name << " " << widget;
    }
    w.screenshot(name);
    EXPECT_EQ(w.close(10), 0);
  }
  WindowDriver w = open({"--step-ms=5", "--upscalers=none"});
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1; }));
  ASSERT_TRUE(w.wait_for_widget("upscale"));
  open_list(w);
  EXPECT_TRUE(wait_for_text(w, "Real-ESRGAN"));
  w.screenshot("upscale_none");
}

}  // namespace
}  // namespace headroom::test
