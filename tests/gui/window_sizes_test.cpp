// The window of gui_demo at the sizes that people have, and its explanations: what is where.
#include "support/drawn_texts.h"
#include "support/paths.h"
#include "support/window_driver.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

struct Box {
  double x, y, w, h;
  explicit Box(const json& r) : x(r["x"]), y(r["y"]), w(r["w"]), h(r["h"]) {}
  [[nodiscard]] bool within(double width, double height) const {
    return x >= 0 && y >= 0 && x + w <= width + 0.5 && y + h <= height + 0.5;
  }
  // Square pixels of `other` under this one; half a pixel at an edge is none.
  [[nodiscard]] double covers(const Box& other) const {
    const double across = std::min(x + w, other.x + other.w) - std::max(x, other.x) - 0.5;
    const double down = std::min(y + h, other.y + other.h) - std::max(y, other.y) - 0.5;
    return std::max(0.0, across) * std::max(0.0, down);
  }
};

class WindowSizes : public testing::TestWithParam<std::pair<int, int>> {
 protected:
  // The window fills a screen of this size; there is no window manager.
  static WindowDriver open_window(std::vector<std::string> options) {
    const auto [width, height] = GetParam();
    options.push_back("--width=" + std::to_string(width));
    options.push_back("--height=" + std::to_string(height));
    options.emplace_back("--output={folder}/pictures");
    return WindowDriver({.program = test::built_program("gui_demo"),
                         .arguments = std::move(options),
                         .width = width,
                         .height = height});
  }
  static Box box(const WindowDriver& w, const std::string& name) {
    EXPECT_TRUE(w.wait_for_widget(name)) << name;
    return Box(w.read()["widgets"][name]);
  }
  // Panels find their heights in the frames that follow a change.
  static void settle(const WindowDriver& w) {
    json before;
    EXPECT_TRUE(w.wait([&](const json&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      const json now = w.read()["widgets"];
      return std::exchange(before, now) == now;
    }));
  }
  static void expect_inside(const WindowDriver& w, const std::string& name) {
    EXPECT_TRUE(box(w, name).within(GetParam().first, GetParam().second)) << name;
  }
};

// With options above it and a sentence below it the card scrolls in low windows, and its bar takes
// room.
TEST_P(WindowSizes, ThePlansTableShowsItsWordsWhole) {
  for (const std::string language : {"en", "zh"}) {
    WindowDriver w =
        open_window({"--total=4.25G", "--host=20G", "--step-ms=15", "--language=" + language});
    settle(w);
    w.click("plan");
    ASSERT_TRUE(w.wait_for_widget("plan.card"));
    settle(w);
    w.screenshot("plan_open_" + std::to_string(GetParam().first) + "_" + language);
    const std::vector<std::string> texts = w.read()["texts"];
    const std::vector<std::string> en{"Stage",
                                      "Weights",
                                      "Working",
                                      "Peak",
                                      "Time",
                                      "Denoise",
                                      "Encoder leaves early",
                                      "Layers in main memory: 6"};
    const std::vector<std::string> zh{
        "阶段", "权重", "工作内存", "峰值", "时间", "去噪", "6 层放在主内存，用时调入"};
    for (const std::string& word : language == "en" ? en : zh)
      EXPECT_NE(std::find(texts.begin(), texts.end(), word), texts.end()) << word;
    const Box table = box(w, "plan.stages");
    const Box card = box(w, "plan.card");
    EXPECT_LE(table.x + table.w, card.x + card.w - 11) << language;
  }
}

TEST_P(WindowSizes, WhatStartsARunAndThePlanNeverScrollAway) {
  WindowDriver w = open_window({"--total=4.7G", "--step-ms=15"});
  settle(w);
  for (const char* const name : {"plan", "reason", "generate", "cancel", "canvas", "gauge"})
    expect_inside(w, name);
  EXPECT_LT(box(w, "reason").y, box(w, "generate").y + 1) << "why not stands above the button";
  const auto [width, height] = GetParam();
  const Box canvas = box(w, "canvas");
  EXPECT_GT(canvas.w * canvas.h, 0.28 * width * height);

  w.click("prompt");
  w.type("a cat");
  ASSERT_TRUE(w.wait([](const json& s) { return s["can_generate"] == true; }));
  w.click("plan");
  EXPECT_TRUE(w.wait([&](const json&) {
    const json widgets = w.read()["widgets"];
    if (!widgets.contains("plan.card") || !widgets.contains("plan")) return false;
    const Box card(widgets["plan.card"]);
    return card.within(width, height) && card.h > 60 &&
           card.y + card.h <= Box(widgets["plan"]).y + 1;
  })) << "how it will run opens above its line";
  for (const char* const name : {"plan", "generate", "cancel"}) expect_inside(w, name);
  w.click("plan");
  ASSERT_TRUE(w.wait([&](const json&) { return !w.read()["widgets"].contains("plan.card"); }));

  settle(w);
  if (!w.read()["widgets"].contains("preset.768")) w.click("settings.fold");
  settle(w);
  w.click("preset.768");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 768; }));
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
  if (!w.read()["widgets"].contains("reuse_seed")) w.click("details");
  settle(w);
  w.click("reuse_seed");
  ASSERT_TRUE(w.wait([](const json& s) { return s["seed"] == "42"; }));
}

TEST_P(WindowSizes, SettingsThatAreUnfoldedComeIntoView) {
  WindowDriver w = open_window({});
  settle(w);
  if (!w.read()["widgets"].contains("settings.fold")) return;  // they are always open
  w.click("settings.fold");
  settle(w);
  w.screenshot("unfolded_" + std::to_string(GetParam().first));
  const Box seed = box(w, "seed");
  EXPECT_LE(seed.y + seed.h, box(w, "plan").y);
}

TEST_P(WindowSizes, TheFirstScreenMakesAPictureWithOneClick) {
  WindowDriver w =
      open_window({"--samples=" + (test::starter_model() / "samples").string(), "--step-ms=15"});
  const Box first = box(w, "sample.0");
  EXPECT_GE(first.w, 64);
  const Box canvas = box(w, "canvas");
  EXPECT_GE(first.x, canvas.x);
  EXPECT_LE(box(w, "sample.2").x + first.w, canvas.x + canvas.w);
  w.screenshot("first_" + std::to_string(GetParam().first) + "x" +
               std::to_string(GetParam().second));
  w.click("sample.1");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
  EXPECT_EQ(w.state()["prompt"], "a rocket");
  EXPECT_FALSE(w.read()["widgets"].contains("sample.0"));
  w.type(" a");  // a key of the canvas would take the picture's settings
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a rocket a"; }));
}

// Explains every widget that is on the screen and not in `seen` yet, and looks where.
void expect_tips_beside_the_work(WindowDriver& w, std::set<std::string>& seen, double width,
                                 double height, const std::string& kind = "") {
  const json before = w.read()["widgets"];
  for (const auto& [name, widget] : before.items()) {
    if (!widget["explained"].get<bool>() || !name.starts_with(kind) || !seen.insert(name).second)
      continue;
    w.hover(name);
    json dump;
    EXPECT_TRUE(w.wait([&](const json&) {
      dump = w.read();
      return dump["says"].value("tip_of", "") == name && dump["widgets"].contains("tip");
    })) << name;
    const json& widgets = dump["widgets"];
    if (!widgets.contains("tip")) continue;
    for (const char* const part : {"tip", "tip_place"}) {  // its first line, and all of it
      const Box tip(widgets[part]);
      EXPECT_TRUE(tip.within(width, height)) << part << " of " << name << ": " << widgets[part];
      for (const auto& [work, place] : widgets.items()) {
        const bool is_work = work == "prompt" || work == "plan" || work == "plan.card" ||
                             work == "seen_picture" || work.starts_with("preset.") ||
                             work.starts_with("sample.");
        if (!is_work) continue;
        // The table of all memory is higher than what lies below a picture in the lowest window.
        const Box at(place);
        const double edge = name == "gauge" && work == "seen_picture" ? at.w * at.h / 16 : 0;
        EXPECT_LE(tip.covers(at), edge) << part << " of " << name << " on " << work;
      }
    }
  }
}

TEST_P(WindowSizes, NoTipCoversThePictureThePromptTheSizesOrThePlan) {
  const auto [width, height] = GetParam();
  for (const std::string language : {"en", "zh"}) {
    SCOPED_TRACE(language);
    WindowDriver w = open_window({"--samples=" + (test::starter_model() / "samples").string(),
                                  "--step-ms=15", "--language=" + language});
    settle(w);
    std::set<std::string> seen;
    for (const char* const first : {"sample.", "example."})
      expect_tips_beside_the_work(w, seen, width, height, first);
    w.click("prompt");
    w.type("a lighthouse");
    w.click("generate");
    ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
    settle(w);
    expect_tips_beside_the_work(w, seen, width, height);
    for (const char* const more : {"settings.fold", "details", "plan"}) {
      if (!w.read()["widgets"].contains(more)) continue;
      w.click(more);
      settle(w);
      expect_tips_beside_the_work(w, seen, width, height);
    }
    EXPECT_GT(seen.size(), 30U);
  }
}

INSTANTIATE_TEST_SUITE_P(Screens, WindowSizes,
                         testing::Values(std::pair{1000, 640}, std::pair{1280, 703},
                                         std::pair{1280, 800}, std::pair{1366, 768},
                                         std::pair{640, 1000}),
                         [](const auto& screen) {
                           return std::to_string(screen.param.first) + "x" +
                                  std::to_string(screen.param.second);
                         });

TEST(WindowScale, TheWindowFitsAScreenOfADesktopThatScales) {
  struct Desktop {
    int width, height, dpi;
  };
  for (const Desktop& d : {Desktop{1920, 1080, 144}, Desktop{1366, 768, 120},
                           Desktop{1280, 800, 144}, Desktop{1366, 768, 192}}) {
    WindowDriver w({.program = test::built_program("gui_demo"),
                    .arguments = {"--output={folder}/pictures"},
                    .width = d.width,
                    .height = d.height,
                    .dpi = d.dpi});
    const json window = w.read()["window"];
    EXPECT_LE(window["width"], d.width) << d.dpi;
    EXPECT_LE(window["height"], d.height) << d.dpi;
    EXPECT_NEAR(window["scale"].get<double>(), d.dpi / 96.0, 0.01);
    const Box generate(w.read()["widgets"]["generate"]);
    EXPECT_TRUE(generate.within(d.width, d.height)) << d.width << " " << d.dpi;
  }
}

TEST(Window, ATipIsSilentAfterAClickUntilTheMouseComesBack) {
  WindowDriver w({.program = test::built_program("gui_demo"),
                  .arguments = {"--step-ms=15", "--output={folder}/pictures"}});
  w.click("preset.768");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 768; }));
  const auto shows_tip = [&](double seconds) {
    return w.wait([&](const json&) { return w.read()["widgets"].contains("tip"); }, seconds);
  };
  EXPECT_FALSE(shows_tip(2));
  // Where a frame takes long, all of it may be there before its first line was seen.
  double first_line = 0;
  for (int tries = 0; tries < 10 && first_line == 0; ++tries) {
    w.hover("canvas");
    ASSERT_TRUE(w.wait([&](const json&) { return !w.read()["widgets"].contains("tip"); }));
    w.hover("preset.768");
    ASSERT_TRUE(shows_tip(20));
    const json dump = w.read();
    const bool is_all = dump["says"]["tip"].get<std::string>().find('\n') != std::string::npos;
    if (!is_all) first_line = Box(dump["widgets"]["tip"]).h;
  }
  ASSERT_GT(first_line, 0);
  EXPECT_TRUE(w.wait([&](const json&) {
    const json widgets = w.read()["widgets"];
    return widgets.contains("tip") && Box(widgets["tip"]).h > 1.5 * first_line;
  })) << "the rest comes a second later";
  w.click("size.width");
  w.type("7");
  EXPECT_FALSE(shows_tip(2)) << "while it is typed into";
  w.key("Tab");
  EXPECT_FALSE(shows_tip(2)) << "the mouse still lies where it was pressed";
  w.hover("canvas");
  w.key("Tab");  // from the height to the lock
  EXPECT_TRUE(shows_tip(20)) << "the keyboard has been there for a while";
}

TEST(Window, ATextFieldThatWasClickedIsNotExplainedUntilTheMouseComesBack) {
  WindowDriver w({.program = test::built_program("gui_demo"),
                  .arguments = {"--step-ms=15", "--output={folder}/pictures"}});
  const auto shows_tip = [&](double seconds) {
    return w.wait([&](const json&) { return w.read()["widgets"].contains("tip"); }, seconds);
  };
  const auto edits = [&](bool on) {
    return w.wait([&](const json& s) { return s["editing"] == on; });
  };
  for (const bool is_empty : {true, false}) {
    SCOPED_TRACE(is_empty ? "an empty field" : "a field with text");
    w.click("prompt");
    ASSERT_TRUE(edits(true));
    w.type("a cat");
    w.key("Escape");
    ASSERT_TRUE(edits(false));
    EXPECT_FALSE(shows_tip(2.5)) << "the mouse still lies where it was pressed";
    w.hover("canvas");
  }
  w.hover("prompt");
  EXPECT_TRUE(shows_tip(20));
  EXPECT_EQ(w.read()["says"]["tip_of"], "prompt");
}

TEST(WindowSettings, OneStepIsNoPlural) {
  WindowDriver w({.program = test::built_program("gui_demo"),
                  .arguments = {"--width=1000", "--height=640", "--output={folder}/pictures"},
                  .width = 1000,
                  .height = 640});
  ASSERT_TRUE(w.wait_for_widget("settings.fold"));
  EXPECT_TRUE(wait_for_text(w, "16 steps · guidance 2"));
  w.click("settings.fold");
  w.click("steps.value");
  w.key("ctrl+a");
  w.type("1");
  w.key("Tab");
  ASSERT_TRUE(w.wait([](const json& s) { return s["steps"] == 1; }));
  EXPECT_TRUE(wait_for_text(w, "1 step · guidance 2"));
}

}  // namespace
}  // namespace headroom::test
