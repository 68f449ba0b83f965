// The window with the keyboard alone. Real keys on gui_demo's window.
#include "open_demo.h"
#include "support/paths.h"
#include "support/temp_folder.h"
#include "support/window_driver.h"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

bool comes_to(const WindowDriver& w, const char* region) {
  return w.wait([&](const json& s) { return s["region"] == region; }, 5);
}

TEST(WindowRegions, CtrlTabIsTheNextPartOfTheWindow) {
  WindowDriver w = open_demo({});
  ASSERT_TRUE(comes_to(w, "make"));
  for (const char* const region : {"canvas", "details", "top", "make", "canvas"}) {
    w.key("ctrl+Tab");
    EXPECT_TRUE(comes_to(w, region)) << region << w.state();
  }
  for (const char* const region : {"make", "top"}) {
    w.key("ctrl+shift+Tab");
    EXPECT_TRUE(comes_to(w, region)) << region;
  }
}

TEST(WindowRegions, APictureIsMadeAndSeenWithoutAMouse) {
  WindowDriver w = open_demo({"--step-ms=10"});
  w.type("a cat");
  w.key("ctrl+Return");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
  w.key("F6");
  ASSERT_TRUE(w.wait([](const json& s) { return s["canvas_focused"] == true; }));
  w.screenshot("region_canvas");
  w.key("KP_2");
  EXPECT_TRUE(w.wait([](const json& s) { return s["width"] == 768; }));
  w.key("1");
  EXPECT_TRUE(w.wait([](const json& s) { return s["width"] == 512; }));
  const auto place = [&](const char* key) { return w.read()["widgets"]["picture"][key]; };
  const double fitted = place("w");
  w.key("plus");
  EXPECT_TRUE(w.wait([&](const json&) { return place("w") > 1.2 * fitted; }));
  w.key("KP_Add");
  EXPECT_TRUE(w.wait([&](const json&) { return place("w") > 1.5 * fitted; }));
  const double left = place("x");
  w.drag("canvas", 2, 80, 0);
  EXPECT_TRUE(w.wait([&](const json&) { return place("x") > left + 60; })) << place("x") << left;
  w.key("minus");
  EXPECT_TRUE(w.wait([&](const json&) { return place("w") < 1.3 * fitted; }));
  w.key("Home");
  EXPECT_TRUE(w.wait([&](const json&) { return place("w") == fitted; }));
  w.key("F6");
  ASSERT_TRUE(comes_to(w, "details"));
  w.screenshot("region_details");
  w.key("F6");
  w.key("F6");
  ASSERT_TRUE(comes_to(w, "make"));
  w.key("End");
  w.type("s");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a cats"; }));
}

TEST(WindowZoom, CtrlPlusAndMinusChangeTheInterfaceAndItIsRemembered) {
  const TempFolder folder;
  const Launch launch{
      .program = test::built_program("gui_demo"),
      .arguments = {"--output={folder}/pictures", "--state-file={folder}/window.json"},
      .folder = folder.path()};
  const auto scaled = [](const WindowDriver& w, double scale) {
    return w.wait(
        [&](const json&) {
          const double now = w.read()["window"]["scale"];
          return now > scale - 0.01 && now < scale + 0.01;
        },
        5);
  };
  {
    WindowDriver w(launch);
    w.key("ctrl+equal");
    EXPECT_TRUE(scaled(w, 1.1));
    w.key("ctrl+plus");
    w.key("ctrl+KP_Add");
    EXPECT_TRUE(scaled(w, 1.5));
    w.screenshot("zoomed");
    w.key("ctrl+equal");
    EXPECT_TRUE(scaled(w, 1.5)) << "a larger one has no room in this window";
    w.key("ctrl+minus");
    EXPECT_TRUE(scaled(w, 1.25));
    EXPECT_EQ(w.close(10), 0);
  }
  {
    WindowDriver w(launch);
    EXPECT_TRUE(scaled(w, 1.25));
    w.key("ctrl+0");
    EXPECT_TRUE(scaled(w, 1));
  }
}

TEST(WindowRegions, F11FillsTheScreenAndCtrlQCloses) {
  WindowDriver w = open_demo({"--width=1000", "--height=700"});
  const auto is = [&](int width, int height) {
    return w.wait([&](const json&) {
      const json window = w.read()["window"];
      return window["width"] == width && window["height"] == height;
    });
  };
  ASSERT_TRUE(is(1000, 700));
  w.key("F11");
  EXPECT_TRUE(is(1280, 800)) << w.read()["window"];
  w.key("F11");
  EXPECT_TRUE(is(1000, 700)) << w.read()["window"];
  w.key("ctrl+q");
  EXPECT_EQ(w.wait_for_exit(10), 0);
}

}  // namespace
}  // namespace headroom::test
