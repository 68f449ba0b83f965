// Dragging the canvas's edges beyond the picture to start from. Real drags on gui_demo's window.
#include "mask_window.h"
#include "mouse.h"
#include "support/drawn_texts.h"

namespace headroom::test {
namespace {

using nlohmann::json;

class WindowOutpaint : public WindowMask {
 protected:
  // Screen pixels that so many pixels of the picture, which is 512 wide, take.
  static int on_screen(const WindowDriver& w, double px) {
    return static_cast<int>(px * w.read()["widgets"]["mask.picture"]["w"].get<double>() / 512);
  }
  static bool extended(const WindowDriver& w, const json& sides) {
    return w.wait([&](const json& s) { return s["outpaint"] == sides; }, 5);
  }
};

// gui_demo's plans from a picture: 3.25 GiB and 2400 B a pixel, each and an eighth more, and 16
// steps of 0.3 s; see window_start_test.cpp.
TEST_F(WindowOutpaint, ADraggedEdgeShowsSizeNeedAndSecondsAndIsTakenBack) {
  WindowDriver w = open();
  write_prompt(w, "a red fox");
  take(w);
  start_painting(w);
  ASSERT_TRUE(w.wait_for_widget("outpaint.right"));
  w.screenshot("outpaint_edges");
  // Held, the size and what it takes are there already.
  const json handle = w.read()["widgets"]["outpaint.right"];
  const int across = on_screen(w, 256);
  xdotool(w, "mousemove " + std::to_string(handle["x"].get<int>() + 6) + " " +
                 std::to_string(handle["y"].get<int>() + 20));
  xdotool(w, "mousedown 1");
  for (int i = 0; i < 4; ++i)
    xdotool(w, "mousemove_relative -- " + std::to_string(across / 4) + " 0");
  EXPECT_TRUE(w.wait_for_words("outpaint", "768×512")) << w.read()["says"];
  EXPECT_TRUE(w.wait_for_words("outpaint", "GB")) << w.read()["says"];
  EXPECT_TRUE(w.wait_for_words("outpaint", " s")) << w.read()["says"];
  w.screenshot("outpaint_held");
  xdotool(w, "mouseup 1");
  ASSERT_TRUE(extended(w, {0, 0, 256, 0})) << w.state()["outpaint"];
  EXPECT_EQ(w.state()["width"], 768);
  EXPECT_EQ(w.state()["strength"], 1.0) << "what is new is painted wholly";
  EXPECT_TRUE(wait_for_text(w, "Extended to 768×512"));
  rest();
  w.screenshot("outpaint_extended");
  // Another edge, then both back again, one at a time.
  w.drag("outpaint.top", 1, 0, -on_screen(w, 128));
  ASSERT_TRUE(w.wait([](const json& s) { return s["height"] > 512; })) << w.state()["outpaint"];
  w.key("ctrl+z");
  ASSERT_TRUE(extended(w, {0, 0, 256, 0}));
  w.key("ctrl+z");
  ASSERT_TRUE(extended(w, {0, 0, 0, 0}));
  EXPECT_EQ(w.state()["width"], 512);
  EXPECT_EQ(w.state()["strength"], 0.6);
  w.key("ctrl+y");
  ASSERT_TRUE(extended(w, {0, 0, 256, 0}));
  w.click("outpaint.remove");
  ASSERT_TRUE(extended(w, {0, 0, 0, 0}));
  ASSERT_TRUE(w.wait_for_widget("banner.0.action"));
  w.click("banner.0.action");
  EXPECT_TRUE(extended(w, {0, 0, 256, 0}));
}

TEST_F(WindowOutpaint, EscapeLetsGoOfTheEdgeAndTheToolStays) {
  WindowDriver w = open();
  take(w);
  start_painting(w);
  const json handle = w.read()["widgets"]["outpaint.left"];
  xdotool(w, "mousemove " + std::to_string(handle["x"].get<int>() + 9) + " " +
                 std::to_string(handle["y"].get<int>() + 20));
  xdotool(w, "mousedown 1");
  xdotool(w, "mousemove_relative -- -80 0");
  ASSERT_TRUE(w.wait([](const json& s) { return s["outpaint"][0] > 0; })) << w.state();
  xdotool(w, "key Escape");
  EXPECT_TRUE(extended(w, {0, 0, 0, 0})) << w.state();
  xdotool(w, "mouseup 1");
  rest();
  EXPECT_EQ(w.state()["painting"], true) << w.state();
  EXPECT_EQ(w.state()["width"], 512);
  EXPECT_EQ(w.state()["mask"], -1) << "and nothing was painted";
}

TEST_F(WindowOutpaint, ACanvasThatDoesNotFitIsRefusedWithItsReason) {
  WindowDriver w = open({"--total=5G"});
  write_prompt(w, "a red fox");
  take(w);
  start_painting(w);
  w.drag("outpaint.right", 1, on_screen(w, 420), 0);
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] >= 832; })) << w.state();
  ASSERT_TRUE(w.wait([](const json& s) { return s["can_generate"] == false; })) << w.state();
  EXPECT_NE(w.state()["reason"], "");
  EXPECT_TRUE(w.wait_for_words("outpaint", "short")) << w.read()["says"];
  rest();
  w.screenshot("outpaint_short");
  w.key("ctrl+z");
  EXPECT_TRUE(w.wait([](const json& s) { return s["can_generate"] == true; })) << w.state();
}

TEST_F(WindowOutpaint, ThePictureSaysHowItsCanvasGrewAndTheNextStartHasItStill) {
  {
    WindowDriver w = open({"--step-ms=5"});
    write_prompt(w, "a red fox");
    take(w);
    start_painting(w);
    w.drag("outpaint.right", 1, on_screen(w, 128), 0);
    ASSERT_TRUE(extended(w, {0, 0, 128, 0})) << w.state()["outpaint"];
    w.key("ctrl+Return");
    ASSERT_TRUE(finished(w, 1)) << w.state();
    EXPECT_NE(made(w).find("outpaint 0,0,128,0"), std::string::npos);
    w.screenshot("outpaint_made");
    w.click("outpaint.remove");
    ASSERT_TRUE(extended(w, {0, 0, 0, 0}));
    w.click("strip.0");
    w.click("canvas");
    w.key("a");  // its settings
    ASSERT_TRUE(extended(w, {0, 0, 128, 0}));
    EXPECT_EQ(w.state()["width"], 640);
    EXPECT_EQ(w.close(10), 0);
  }
  WindowDriver w = open({"--step-ms=5"});
  EXPECT_TRUE(extended(w, {0, 0, 128, 0})) << w.state();
  EXPECT_EQ(w.state()["start"], "checks.png");
  EXPECT_EQ(w.state()["width"], 640);
}

// To be looked at; the edges and the price are in view wherever the canvas lies.
TEST_F(WindowOutpaint, EdgesAndPriceAreInViewInEveryLayout) {
  for (const Look& look : {Look{1000, 640, "zh", "light"}, Look{1600, 900, "en", "light"},
                           Look{640, 1000, "zh", "dark"}}) {
    const std::string name = look.name_of("outpaint");
    std::filesystem::remove_all(folder_ / "state");
    WindowDriver w = open(look.options("--step-ms=5"), look.width, look.height);
    write_prompt(w, "a red fox");
    take(w);
    start_painting(w);
    w.drag("outpaint.bottom", 1, 0, on_screen(w, 128));
    ASSERT_TRUE(extended(w, {0, 0, 0, 128})) << name << w.state()["outpaint"];
    ASSERT_TRUE(w.wait_for_words("outpaint", "512×640 · ")) << name;
    rest();
    const json widgets = w.read()["widgets"];
    const json& canvas = widgets["canvas"];
    for (const char* const edge :
         {"outpaint.left", "outpaint.top", "outpaint.right", "outpaint.bottom"}) {
      const json& at = widgets[edge];
      EXPECT_GE(at["x"], canvas["x"]) << name << edge;
      EXPECT_GE(at["y"], canvas["y"]) << name << edge;
      EXPECT_LE(at["x"].get<double>() + at["w"].get<double>(),
                canvas["x"].get<double>() + canvas["w"].get<double>() + 1)
          << name << edge;
      EXPECT_LE(at["y"].get<double>() + at["h"].get<double>(),
                canvas["y"].get<double>() + canvas["h"].get<double>() + 1)
          << name << edge;
    }
    w.screenshot(name);
    EXPECT_EQ(w.close(10), 0) << name;
  }
}

}  // namespace
}  // namespace headroom::test
