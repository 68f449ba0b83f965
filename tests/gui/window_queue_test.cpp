// The queue and its list. Real clicks on gui_demo's window.
#include "open_demo.h"
#include "support/window_driver.h"

#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

void pause(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

TEST(WindowQueue, ADoubleClickIsOneJobAndWithShiftTwo) {
  WindowDriver w = open_demo({"--step-ms=4000"});
  w.click("example.0");
  w.double_click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 1; }));
  pause(0.8);
  EXPECT_EQ(w.state()["jobs"], 1);
  w.double_click("generate", /*shift=*/true);
  EXPECT_TRUE(w.wait([](const json& s) { return s["jobs"] == 3; }));
}

// Each of the four events of a double click then has a frame of its own.
TEST(WindowQueue, ADoubleClickIsOneJobWhereFramesAreSlow) {
  WindowDriver w = open_demo({"--step-ms=4000", "--frame-ms=300"});
  w.click("example.0");
  w.double_click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 1; }));
  pause(2.5);
  EXPECT_EQ(w.state()["jobs"], 1);
  w.click("generate");
  EXPECT_TRUE(w.wait([](const json& s) { return s["jobs"] == 2; })) << "later it is another one";
}

// And not all at once when the typing ends.
TEST(WindowQueue, KeysAreReadAsTheyComeWhereFramesAreSlow) {
  WindowDriver w = open_demo({"--frame-ms=50"});
  w.click("prompt");
  constexpr int kKeys = 40;
  std::set<std::string> seen;
  for (int i = 0; i < kKeys; ++i) {
    w.type("a");
    seen.insert(w.state()["prompt"].get<std::string>());
  }
  EXPECT_GT(seen.size(), kKeys / 4U);
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == std::string(kKeys, 'a'); }));
}

TEST(WindowQueue, JobsAreReorderedByButtonsAndByDraggingAndAllCanBeRemoved) {
  WindowDriver w = open_demo({"--step-ms=4000"});
  w.click("example.0");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
  for (int i = 0; i < 12; ++i) {
    pause(0.5);
    w.click("generate");
  }
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 13; }));
  w.click("queue");
  ASSERT_TRUE(w.wait_for_widget("queue.drag.3"));
  w.hover("queue.clear");
  const json clear = w.read()["widgets"]["queue.clear"];
  EXPECT_LE(clear["y"].get<double>() + clear["h"].get<double>(), 800)
      << "below the list, on screen";
  const auto order = [&](std::vector<int> first) {
    return w.wait([&](const json& s) {
      for (std::size_t i = 0; i < first.size(); ++i)
        if (s["queue"][i] != first[i]) return false;
      return true;
    });
  };
  EXPECT_TRUE(w.wait_for_words("queue", "13 jobs · 1:1")) << "twelve of 6 s, and the rest of one";
  w.screenshot("queue_list");
  w.click("queue.down.2");
  EXPECT_TRUE(order({1, 3, 2, 4, 5})) << w.state()["queue"];
  w.click("queue.up.4");
  EXPECT_TRUE(order({1, 3, 4, 2, 5})) << w.state()["queue"];
  w.drag("queue.drag.3", 1, 0, 120);
  EXPECT_TRUE(order({1, 4, 2, 3, 5})) << w.state()["queue"];
  w.drag("queue.drag.5", 1, 0, -120);
  EXPECT_TRUE(order({1, 4, 5, 2, 3})) << w.state()["queue"];
  w.click("queue.clear");
  EXPECT_TRUE(w.wait([](const json& s) { return s["jobs"] == 1; }));
}

}  // namespace
}  // namespace headroom::test
