// Keys with modifiers where frames take long. Real keys on gui_demo's window.
#include "frozen.h"
#include "mouse.h"
#include "open_demo.h"
#include "support/window_driver.h"

#include <chrono>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

void pause(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

// What came in one frame, in the order in which a hand may let go.
TEST(WindowShortcuts, AKeyHasTheModifiersThatWereHeldAsItWasPressed) {
  for (const char* const keys : {"keydown ctrl keydown Return keyup ctrl keyup Return",
                                 "keydown ctrl keydown Return keyup Return keyup ctrl",
                                 "keydown ctrl keydown KP_Enter keyup ctrl keyup KP_Enter"}) {
    for (const bool held_before : {false, true}) {
      SCOPED_TRACE(std::string(keys) + (held_before ? ", held before" : ""));
      WindowDriver w = open_demo({"--step-ms=4000"});
      w.click("prompt");
      w.type("a cat");
      ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a cat"; }));
      if (held_before) xdotool(w, "keydown ctrl");
      pause(0.3);
      {
        const Frozen frozen(w);
        xdotool(w, held_before ? std::string(keys).substr(std::string("keydown ctrl ").size())
                               : std::string(keys));
      }
      EXPECT_TRUE(w.wait([](const json& s) { return s["jobs"] == 1; }, 5));
      w.type("s");
      EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a cats"; }, 5)) << w.state();
    }
  }
}

TEST(WindowShortcuts, AKeyHasNoModifierThatWasPressedAfterIt) {
  WindowDriver w = open_demo({"--step-ms=4000"});
  w.click("prompt");
  w.type("a cat");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a cat"; }));
  {
    const Frozen frozen(w);
    xdotool(w, "keydown Return keydown ctrl keyup Return keyup ctrl");
  }
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a cat\n"; }, 5)) << w.state();
  EXPECT_EQ(w.state()["jobs"], 0);
}

TEST(WindowShortcuts, OtherModifiersAreTakenLikewise) {
  WindowDriver w = open_demo({"--step-ms=4000"});
  w.click("prompt");
  w.type("first");
  w.key("ctrl+Return");
  ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
  w.key("ctrl+a");
  w.type("second");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "second"; }));
  const auto press = [&](const std::string& modifier, const std::string& key) {
    xdotool(w, "keydown " + modifier);
    pause(0.3);
    const Frozen frozen(w);
    xdotool(w, "keydown " + key + " keyup " + modifier + " keyup " + key);
  };
  press("alt", "Up");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "first"; }, 5)) << w.state();
  press("alt", "Down");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "second"; }, 5)) << w.state();
  const double before = w.read()["window"]["scale"];
  press("ctrl", "equal");
  EXPECT_TRUE(w.wait([&](const json&) { return w.read()["window"]["scale"] > before; }, 5));
  press("ctrl", "0");
  EXPECT_TRUE(w.wait([&](const json&) { return w.read()["window"]["scale"] == before; }, 5));
  EXPECT_EQ(w.state()["prompt"], "second") << "no sign was written";
  w.key("ctrl+Return");
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 2; }));
  w.click("canvas");
  press("shift", "Escape");
  EXPECT_TRUE(w.wait([](const json& s) { return s["jobs"] == 1 && s["running"] == true; }, 5));
  EXPECT_EQ(w.state()["escape_cancels"], false);
}

}  // namespace
}  // namespace headroom::test
