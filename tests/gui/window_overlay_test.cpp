// Escape with something over the canvas, in windows of several sizes. Real keys on gui_demo's
// window.
#include "support/paths.h"
#include "support/window_driver.h"

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

class WindowOverlay : public testing::TestWithParam<std::pair<int, int>> {
 protected:
  static WindowDriver open(int width, int height) {
    return WindowDriver(
        {.program = test::built_program("gui_demo"),
         .arguments = {"--step-ms=4000", "--output={folder}/pictures",
                       "--width=" + std::to_string(width), "--height=" + std::to_string(height)},
         .width = width,
         .height = height});
  }
  // A run, and one that waits.
  static void start(WindowDriver& w) {
    w.click("prompt");
    w.type("a cat");
    w.key("ctrl+Return");
    ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
    std::this_thread::sleep_for(std::chrono::milliseconds(600));
    w.key("ctrl+Return");
    ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 2; }));
    w.click("canvas");
  }
  static bool shows(const WindowDriver& w, const std::string& widget, bool there) {
    return w.wait([&](const json&) { return w.read()["widgets"].contains(widget) == there; }, 5);
  }
  static bool goes_on(const WindowDriver& w) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    const json s = w.state();
    return s["running"] == true && s["cancelling"] == false && s["escape_cancels"] == false &&
           s["jobs"] == 2;
  }
};

// A row of the details.
constexpr const char* kInDetails = "value.prompt";

class WindowDrawer : public WindowOverlay {};

TEST_P(WindowDrawer, IsAllThatTheFirstEscapeCloses) {
  WindowDriver w = open(GetParam().first, GetParam().second);
  start(w);
  for (const char* const key : {"Escape", "shift+Escape"}) {
    w.click("details");
    ASSERT_TRUE(shows(w, kInDetails, true));
    w.click("canvas");
    w.key(key);
    EXPECT_TRUE(shows(w, kInDetails, false)) << key;
    EXPECT_TRUE(goes_on(w)) << key;
  }
  w.key("Escape");
  EXPECT_TRUE(w.wait([](const json& s) { return s["escape_cancels"] == true; }, 5))
      << "nothing is open";
}

TEST_P(WindowDrawer, GoesBeforeThePlanIsClosed) {
  WindowDriver w = open(GetParam().first, GetParam().second);
  start(w);
  w.click("plan");
  ASSERT_TRUE(shows(w, "plan.card", true));
  w.click("details");
  ASSERT_TRUE(shows(w, kInDetails, true));
  w.key("Escape");
  EXPECT_TRUE(shows(w, kInDetails, false));
  EXPECT_TRUE(shows(w, "plan.card", true));
  w.key("Escape");
  EXPECT_TRUE(shows(w, "plan.card", false));
  EXPECT_TRUE(goes_on(w));
}

INSTANTIATE_TEST_SUITE_P(Screens, WindowDrawer,
                         testing::Values(std::pair{1000, 640}, std::pair{1280, 703},
                                         std::pair{640, 1000}),
                         [](const auto& screen) {
                           return std::to_string(screen.param.first) + "x" +
                                  std::to_string(screen.param.second);
                         });

// Beside the canvas the details are a panel, which covers nothing and stays.
TEST_F(WindowOverlay, ThePanelBesideTheCanvasStays) {
  WindowDriver w = open(1280, 800);
  start(w);
  ASSERT_TRUE(shows(w, kInDetails, true));
  w.key("Escape");
  EXPECT_TRUE(w.wait([](const json& s) { return s["escape_cancels"] == true; }, 5));
  EXPECT_TRUE(shows(w, kInDetails, true));
}

}  // namespace
}  // namespace headroom::test
