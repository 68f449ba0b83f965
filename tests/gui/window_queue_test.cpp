// The queue and its list. Real clicks on gui_demo's window.
#include "support/window_driver.h"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

WindowDriver open(std::vector<std::string> options) {
  options.emplace_back("--output={folder}/pictures");
  return WindowDriver({.program = HEADROOM_GUI_DEMO, .arguments = std::move(options)});
}

void pause(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

TEST(WindowQueue, ADoubleClickIsOneJobAndWithShiftTwo) {
  WindowDriver w = open({"--step-ms=4000"});
  w.click("example.0");
  w.double_click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 1; }));
  pause(0.8);
  EXPECT_EQ(w.state()["jobs"], 1);
  w.double_click("generate", /*shift=*/true);
  EXPECT_TRUE(w.wait([](const json& s) { return s["jobs"] == 3; }));
}

}  // namespace
}  // namespace headroom::test
