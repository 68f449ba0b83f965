// The window with the keyboard alone. Real keys on gui_demo's window.
#include "support/window_driver.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

WindowDriver open(std::vector<std::string> options) {
  options.emplace_back("--output={folder}/pictures");
  return WindowDriver({.program = HEADROOM_GUI_DEMO, .arguments = std::move(options)});
}

bool comes_to(const WindowDriver& w, const char* region) {
  return w.wait([&](const json& s) { return s["region"] == region; }, 5);
}

TEST(WindowRegions, CtrlTabIsTheNextPartOfTheWindow) {
  WindowDriver w = open({});
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

}  // namespace
}  // namespace headroom::test
