// Painting what of a picture is made anew. Real presses, drags and keys on gui_demo's window.
#include "mask_window.h"
#include "mouse.h"
#include "support/drawn_texts.h"

namespace headroom::test {
namespace {

using nlohmann::json;

TEST_F(WindowMask, StrokesArePaintedErasedTakenBackAndDoneAgain) {
  WindowDriver w = open();
  write_prompt(w, "a red fox");
  take(w);
  start_painting(w);
  const json place = w.read()["widgets"]["mask.picture"];
  const int across = static_cast<int>(place["w"].get<double>() / 4);
  w.screenshot("mask_empty");
  // A brush of 64 over a quarter of 512: 128 × 64 and a disc of 64, of 512² 4.3 %.
  w.drag("mask.picture", 1, across, 0);
  ASSERT_TRUE(masked(w, 4, 5)) << w.state()["mask"];
  EXPECT_TRUE(w.wait_for_words("mask", "strength 1"));
  EXPECT_EQ(w.state()["strength"], 1.0) << "with a mask, all of it is painted anew";
  w.drag("mask.picture", 1, 0, across);
  ASSERT_TRUE(masked(w, 7, 8)) << w.state()["mask"];
  w.screenshot("mask_two_strokes");
  w.key("ctrl+z");
  ASSERT_TRUE(masked(w, 4, 5));
  w.key("ctrl+y");
  ASSERT_TRUE(masked(w, 7, 8));
  w.key("e");
  ASSERT_TRUE(w.wait([](const json& s) { return s["erases"] == true; }));
  w.drag("mask.picture", 1, across, 0);
  ASSERT_TRUE(masked(w, 2, 3)) << w.state()["mask"];
  w.key("x");
  ASSERT_TRUE(w.wait([](const json& s) { return s["erases"] == false; }));
  for (int i = 0; i < 3; ++i) w.key("ctrl+z");
  EXPECT_TRUE(w.wait([](const json& s) { return s["mask"] == -1 && s["strength"] == 0.6; }));
  EXPECT_EQ(w.state()["start"], "checks.png");
  EXPECT_EQ(w.state()["painting"], true) << "the tool stays";
}

TEST_F(WindowMask, BoxFillInvertClearAndTheBrushHaveKeys) {
  WindowDriver w = open();
  take(w);
  start_painting(w);
  box(w, 0.25, 0.25);
  ASSERT_TRUE(masked(w, 6, 7)) << w.state()["mask"];
  w.key("i");
  ASSERT_TRUE(masked(w, 93, 94));
  w.key("i");
  ASSERT_TRUE(masked(w, 6, 7));
  w.key("f");
  const json place = w.read()["widgets"]["mask.picture"];
  press_at(w, place["x"].get<double>() + 9, place["y"].get<double>() + 9);
  ASSERT_TRUE(masked(w, 100, 100)) << "what is around the box is one piece";
  w.key("Delete");
  ASSERT_TRUE(w.wait([](const json& s) { return s["mask"] == -1; }));
  ASSERT_TRUE(w.wait_for_widget("banner.0.action"));
  w.click("banner.0.action");
  ASSERT_TRUE(w.wait([](const json& s) { return s["mask"] > 0; })) << "with a way back";
  w.click("mask.clear");
  ASSERT_TRUE(w.wait([](const json& s) { return s["mask"] == -1; }));
  w.click("mask.brush");
  EXPECT_EQ(w.state()["brush"], 64);
  w.key("bracketright");
  ASSERT_TRUE(w.wait([](const json& s) { return s["brush"] == 72; }));
  w.key("bracketleft");
  w.key("bracketleft");
  ASSERT_TRUE(w.wait([](const json& s) { return s["brush"] == 56; })) << w.state()["brush"];
}

TEST_F(WindowMask, SpacePansAndDoesNotPaint) {
  WindowDriver w = open();
  take(w);
  start_painting(w);
  w.wheel("mask.picture", 5);
  const auto left = [&] { return w.read()["widgets"]["mask.picture"]["x"].get<double>(); };
  rest();
  const double before = left();
  xdotool(w, "keydown space");
  w.drag("canvas", 1, 80, 0);
  xdotool(w, "keyup space");
  EXPECT_TRUE(w.wait([&](const json&) { return left() > before + 60; })) << left() << before;
  EXPECT_EQ(w.state()["mask"], -1);
  w.drag("canvas", 1, 40, 0);
  EXPECT_TRUE(w.wait([](const json& s) { return s["mask"] >= 0; }));
}

// First the tool, then what Esc does without it; a run goes on.
TEST_F(WindowMask, EscapePutsTheToolAwayBeforeItTouchesTheRun) {
  WindowDriver w = open({"--step-ms=400"});
  write_prompt(w, "a red fox");
  take(w);
  w.key("ctrl+Return");
  ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
  start_painting(w);
  box(w, 0.2, 0.2);
  ASSERT_TRUE(masked(w, 3, 5));
  w.key("Escape");
  ASSERT_TRUE(w.wait([](const json& s) { return s["painting"] == false; }));
  EXPECT_EQ(w.state()["escape_cancels"], false);
  EXPECT_EQ(w.state()["running"], true);
  EXPECT_TRUE(masked(w, 3, 5)) << "the mask stays";
  w.key("Escape");
  EXPECT_TRUE(w.wait([](const json& s) { return s["escape_cancels"] == true; }));
}

TEST_F(WindowMask, ASizeThatCutsItOffIsSaid) {
  WindowDriver w = open();
  write_prompt(w, "a red fox");
  take(w, "wide.png");  // 600×400: as a square it loses 100 columns on both sides
  start_painting(w);
  w.screenshot("mask_cut");
  const json place = w.read()["widgets"]["mask.picture"];
  w.key("r");
  press_at(w, place["x"].get<double>() + 4, place["y"].get<double>() + 4,
           static_cast<int>(place["w"].get<double>() / 8), 60);
  ASSERT_TRUE(w.wait([](const json& s) { return s["mask"] == 0 && s["can_generate"] == false; }))
      << w.state();
  EXPECT_NE(w.state()["reason"].get<std::string>().find("this size cuts off"), std::string::npos);
  w.key("Escape");
  w.click("preset.16:9");
  EXPECT_TRUE(w.wait([](const json& s) { return s["mask"] > 0 && s["can_generate"] == true; }))
      << w.state();
  EXPECT_TRUE(wait_for_text(w, "its mask"));
}

TEST_F(WindowMask, TheShownPictureIsMaskedByItsButtonAndItsKey) {
  WindowDriver w = open({"--step-ms=5"});
  write_prompt(w, "a red fox");
  w.key("ctrl+Return");
  ASSERT_TRUE(finished(w, 1));
  w.click("mask");
  ASSERT_TRUE(w.wait([](const json& s) { return s["painting"] == true && s["start"] != ""; }));
  const std::string start = w.state()["start"];
  w.key("Escape");
  ASSERT_TRUE(w.wait([](const json& s) { return s["painting"] == false && s["start"] == ""; }))
      << "nothing was painted: " << w.state()["start"];
  w.click("strip.0");
  w.key("m");
  ASSERT_TRUE(w.wait([&](const json& s) { return s["painting"] == true && s["start"] == start; }));
  // Letters are the tool's meanwhile, and those in the prompt are letters.
  w.key("a");
  rest();
  EXPECT_EQ(w.state()["start"], start) << "A would have taken the picture's settings";
  w.click("prompt");
  w.key("End");
  w.type(" bx");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a red fox bx"; }));
  EXPECT_EQ(w.state()["erases"], false);
}

// However it is left; what was painted keeps the picture.
TEST_F(WindowMask, LeftUnusedTheToolChangesNothing) {
  WindowDriver w = open({"--step-ms=5"});
  make_one(w);
  const auto opens = [&] {
    w.click("mask");
    return w.wait([](const json& s) { return s["painting"] == true && s["start"] != ""; }, 5) &&
           w.wait([](const json& s) { return s["canvas_focused"] == true; }, 5);
  };
  const auto is_left = [&] {
    return w.wait([](const json& s) { return s["painting"] == false && s["start"] == ""; }, 5);
  };
  for (const char* const key : {"Escape", "m", "Return"}) {
    ASSERT_TRUE(opens()) << key;
    w.key(key);
    EXPECT_TRUE(is_left()) << key << w.state()["start"];
  }
  for (const char* const widget : {"mask.done", "strip.0"}) {
    ASSERT_TRUE(opens()) << widget;
    w.click(widget);
    EXPECT_TRUE(is_left()) << widget << w.state()["start"];
  }
  w.click("canvas");
  w.key("ctrl+z");
  rest();
  EXPECT_EQ(w.state()["start"], "") << "no step of it is left";
  ASSERT_TRUE(opens());
  w.drag("mask.picture", 1, 60, 40);
  ASSERT_TRUE(w.wait([](const json& s) { return s["mask"] > 0; }));
  w.key("Escape");
  ASSERT_TRUE(w.wait([](const json& s) { return s["painting"] == false; }));
  EXPECT_NE(w.state()["start"], "");
  EXPECT_GT(w.state()["mask"], 0);
}

// All layouts and both languages and themes, to be looked at; the way out is always in view.
TEST_F(WindowMask, TheToolIsWholeInEveryLayout) {
  struct Look {
    int width, height;
    const char* language;
    const char* theme;
  };
  for (const Look& look : {Look{1000, 640, "en", "dark"}, Look{1000, 640, "zh", "light"},
                           Look{1280, 800, "zh", "dark"}, Look{1280, 800, "en", "light"},
                           Look{1600, 900, "en", "dark"}, Look{640, 1000, "en", "light"},
                           Look{640, 1000, "zh", "dark"}}) {
    const std::string name =
        "mask_" + std::to_string(look.width) + "_" + look.language + "_" + look.theme;
    std::filesystem::remove_all(folder_ / "state");
    WindowDriver w = open({"--step-ms=5", "--language=" + std::string(look.language),
                           "--theme=" + std::string(look.theme)},
                          look.width, look.height);
    write_prompt(w, "a red fox");
    take(w);
    start_painting(w);
    w.drag("mask.picture", 1, 60, 40);
    ASSERT_TRUE(w.wait([](const json& s) { return s["mask"] > 0; })) << name;
    for (const char* const widget : {"mask.brush", "mask.size", "mask.feather", "mask.clear",
                                     "mask.done", "mask.line", "mask.remove"}) {
      ASSERT_TRUE(w.wait_for_widget(widget, 5)) << name << " " << widget;
      const json at = w.read()["widgets"][widget];
      EXPECT_LE(at["x"].get<double>() + at["w"].get<double>(), look.width) << name << widget;
    }
    const json widgets = w.read()["widgets"];
    EXPECT_LE(widgets["mask.clear"]["x"].get<double>() + widgets["mask.clear"]["w"].get<double>(),
              widgets["mask.done"]["x"].get<double>())
        << name << ": nothing lies under the way out";
    rest();
    w.screenshot(name);
    EXPECT_EQ(w.close(10), 0) << name << w.state();
  }
}

}  // namespace
}  // namespace headroom::test
