// Keys that could destroy something, and the ways back. Real keys on gui_demo's window.
#include "open_demo.h"
#include "support/window_driver.h"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

void pause(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

bool goes_on(const WindowDriver& w) {
  pause(0.7);
  return w.wait([](const json& s) { return s["running"] == true && s["cancelling"] == false; }, 1);
}

void start_long_run(WindowDriver& w) {
  w.click("example.0");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
}

void make_one(WindowDriver& w, int pictures) {
  w.click("generate");
  ASSERT_TRUE(w.wait([&](const json& s) { return s["pictures"] == pictures && s["jobs"] == 0; }));
}

TEST(WindowEscape, ClosesTheListOrLeavesTheFieldAndNothingElse) {
  WindowDriver w = open_demo({"--step-ms=4000"});
  start_long_run(w);
  w.click("queue");
  ASSERT_TRUE(w.wait_for_widget("queue.cancel.1"));
  w.key("Escape");
  EXPECT_TRUE(goes_on(w)) << "the queue's list was open";
  EXPECT_FALSE(w.read()["widgets"].contains("queue.cancel.1"));
  w.click("plan");
  ASSERT_TRUE(w.wait_for_widget("plan.card"));
  w.key("Escape");
  EXPECT_TRUE(goes_on(w)) << "how it will run was open";
  EXPECT_FALSE(w.read()["widgets"].contains("plan.card"));
  for (const char* const field : {"prompt", "seed", "steps.value", "guidance.value", "count.value",
                                  "size.width", "size.height"}) {
    w.click(field);
    w.key("Escape");
    EXPECT_TRUE(goes_on(w)) << field;
    w.click(field);
    w.key("shift+Escape");
    EXPECT_TRUE(goes_on(w)) << field;
    EXPECT_FALSE(w.state()["escape_cancels"].get<bool>()) << field;
  }
}

TEST(WindowEscape, UndoesNothingInAField) {
  WindowDriver w = open_demo({});
  w.click("steps.value");
  w.key("ctrl+a");
  w.type("23");
  w.key("Escape");
  w.click("seed");
  w.type("77");
  w.key("Escape");
  w.click("size.width");
  w.key("ctrl+a");
  w.type("768");
  w.key("Escape");
  EXPECT_TRUE(w.wait([](const json& s) {
    return s["steps"] == 23 && s["seed"] == "77" && s["width"] == 768;
  })) << w.state();
}

TEST(WindowEscape, CancelsOnlyWhenPressedAgainSoon) {
  WindowDriver w = open_demo({"--step-ms=4000"});
  start_long_run(w);
  w.key("Escape");
  ASSERT_TRUE(w.wait([](const json& s) { return s["escape_cancels"] == true; }));
  w.screenshot("escape_again");
  ASSERT_TRUE(w.wait([](const json& s) { return s["escape_cancels"] == false; }, 5));
  EXPECT_TRUE(goes_on(w)) << "the second press did not come";
  w.click("canvas");
  w.key("Escape");
  w.key("Escape");
  EXPECT_TRUE(w.wait([](const json& s) { return s["jobs"] == 0; }));
}

TEST(WindowUndo, AnExampleGivesThePromptBack) {
  WindowDriver w = open_demo({});
  w.click("prompt");
  w.type("a long thought");
  w.click("example.0");
  ASSERT_TRUE(w.wait(
      [](const json& s) { return s["prompt"] != "a long thought" && s["banners"].size() == 1; }));
  const std::string example = w.state()["prompt"];
  w.screenshot("prompt_replaced");
  w.click("banner.0.action");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a long thought"; }));
  w.key("ctrl+shift+z");
  ASSERT_TRUE(w.wait([&](const json& s) { return s["prompt"] == example; }));
  w.key("ctrl+z");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a long thought"; }));

  w.click("example.1");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] != "a long thought"; }));
  w.click("prompt");
  w.key("alt+Up");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a long thought"; }))
      << "the history holds what was never sent";
}

// However the fields follow each other.
TEST(WindowUndo, WhatWasTypedInTwoFieldsIsTwoSteps) {
  for (const bool by_mouse : {true, false}) {
    SCOPED_TRACE(by_mouse ? "clicked" : "by Tab");
    WindowDriver w = open_demo({});
    const json steps = w.state()["steps"];
    w.click("prompt");
    w.type("my precious draft");
    if (by_mouse) {
      w.click("steps.value");
      w.key("ctrl+a");
      w.type("23");
      w.key("Return");
      ASSERT_TRUE(w.wait([](const json& s) { return s["steps"] == 23; }));
    } else {
      w.click("seed");
      w.type("77");
      w.key("Tab");
      ASSERT_TRUE(w.wait([](const json& s) { return s["seed"] == "77"; }));
    }
    w.click("canvas");
    w.key("ctrl+z");
    ASSERT_TRUE(w.wait([&](const json& s) { return s["steps"] == steps && s["seed"] == ""; }));
    EXPECT_EQ(w.state()["prompt"], "my precious draft");
    w.key("ctrl+z");
    EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == ""; }));
  }
}

TEST(WindowUndo, AClearedPromptComesBackFromOutsideTheField) {
  WindowDriver w = open_demo({});
  w.click("prompt");
  w.type("first text");
  w.key("ctrl+a");
  w.key("Delete");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == ""; }));
  w.click("canvas");
  w.key("ctrl+z");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "first text"; })) << w.state();
}

TEST(WindowUndo, AlsoFromWithinThePromptThatWasReplaced) {
  WindowDriver w = open_demo({});
  w.click("prompt");
  w.type("mine");
  w.click("example.0");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] != "mine"; }));
  w.click("prompt");
  w.key("ctrl+z");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "mine"; }));
}

TEST(WindowUndo, TextTypedOnTheCanvasIsTakenBackByOneKey) {
  WindowDriver w = open_demo({"--step-ms=10"});
  w.click("example.0");
  make_one(w, 1);
  w.click("prompt");
  w.key("ctrl+a");
  w.type("my draft");
  w.click("preset.1024");
  ASSERT_TRUE(
      w.wait([](const json& s) { return s["width"] == 1024 && s["prompt"] == "my draft"; }));
  w.click("canvas");
  ASSERT_TRUE(w.wait([](const json& s) { return s["canvas_focused"] == true; }));
  w.type("2 apples, a very large cat");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] != "my draft"; }));
  w.screenshot("settings_taken");
  w.key("ctrl+z");
  EXPECT_TRUE(w.wait([](const json& s) {
    return s["prompt"] == "my draft" && s["width"] == 1024 && s["seed"] == "";
  })) << w.state();
}

TEST(WindowUndo, UseSettingsAndPlainSettings) {
  WindowDriver w = open_demo({"--step-ms=10"});
  w.click("example.0");
  make_one(w, 1);
  w.click("steps.value");
  w.key("ctrl+a");
  w.type("9");
  w.key("Return");
  w.click("preset.16:9");
  ASSERT_TRUE(w.wait([](const json& s) { return s["steps"] == 9 && s["height"] == 576; }));
  w.click("use_settings");
  ASSERT_TRUE(w.wait([](const json& s) { return s["steps"] == 16 && s["height"] == 512; }));
  w.key("ctrl+z");
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["steps"] == 9 && s["height"] == 576 && s["seed"] == "";
  })) << w.state();
  w.key("ctrl+z");
  ASSERT_TRUE(w.wait([](const json& s) { return s["steps"] == 9 && s["height"] == 512; }));
  w.key("ctrl+z");
  ASSERT_TRUE(w.wait([](const json& s) { return s["steps"] == 16; }));
}

TEST(WindowUndo, WaitingJobsComeBack) {
  WindowDriver w = open_demo({"--step-ms=4000"});
  start_long_run(w);
  pause(0.6);
  w.click("generate");
  pause(0.6);
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 3; }));
  w.click("canvas");
  w.key("shift+Escape");
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 1 && s["banners"].size() == 1; }));
  w.click("banner.0.action");
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 3 && s["banners"].empty(); }));
}

TEST(WindowNumber, ArrowsChangeItAndWhatIsNoneIsRefused) {
  WindowDriver w = open_demo({});
  const auto edit = [&](const char* field) {
    w.click(field);
    return w.wait([](const json& s) { return s["editing"] == true; });
  };
  const auto steps_are = [&](int steps) {
    return w.wait([&](const json& s) { return s["steps"] == steps; });
  };
  ASSERT_TRUE(edit("steps.value"));
  w.key("Up");
  EXPECT_TRUE(steps_are(17));
  w.key("shift+Up");
  EXPECT_TRUE(steps_are(27));
  w.key("Down");
  EXPECT_TRUE(steps_are(26));
  w.key("ctrl+a");
  w.type("abc");
  w.key("Tab");
  EXPECT_TRUE(w.wait([](const json& s) { return s["steps"] == 26 && s["number_note"] != ""; }));
  const auto width_note = [&](const char* typed, int width, const char* said) {
    if (!edit("size.width")) return false;
    w.key("ctrl+a");
    w.type(typed);
    w.key("Tab");
    return w.wait([&](const json& s) {
      return s["width"] == width &&
             s["size_note"].get<std::string>().find(said) != std::string::npos;
    });
  };
  EXPECT_TRUE(width_note("99999", 8192, "8192 is the most"));
  EXPECT_TRUE(width_note("0", 64, "64 is the least"));
  EXPECT_TRUE(width_note("abc", 64, "no number"));
}

TEST(WindowNumber, APastedFractionIsRoundedWithAWordThatGoesWithTheNextChange) {
  WindowDriver w = open_demo({});
  const auto paste = [&](const char* field, const char* text) {
    w.click(field);
    w.key("ctrl+a");
    w.paste(text);
    pause(0.4);
    w.key("Tab");
  };
  const auto is = [&](const char* key, int number, const char* note) {
    return w.wait([&](const json& s) { return s[key] == number && s["number_note"] == note; }, 5);
  };
  paste("steps.value", "7.4");
  EXPECT_TRUE(is("steps", 7, "“7.4” was rounded to 7: whole numbers only.")) << w.state();
  w.screenshot("number_rounded");
  paste("steps.value", "8.0");
  EXPECT_TRUE(is("steps", 8, "")) << w.state();
  paste("count.value", "2,5");
  EXPECT_TRUE(is("count", 3, "“2,5” was rounded to 3: whole numbers only."));
  w.click("prompt");
  w.type("a");
  EXPECT_TRUE(is("count", 3, "")) << "something else is being edited";
  paste("size.width", "1,024");  // in groups of three
  EXPECT_TRUE(w.wait([](const json& s) { return s["width"] == 1024; }, 5)) << w.state();
  for (const char* const two_ways : {"1.024", "8.000"}) {
    paste("size.width", two_ways);
    EXPECT_TRUE(w.wait(
        [&](const json& s) {
          const auto note = s["size_note"].get<std::string>();
          return s["width"] == 1024 && note.find(two_ways) != std::string::npos &&
                 note.find("two numbers") != std::string::npos;
        },
        5))
        << w.state();
  }
  w.screenshot("number_two_ways");
  paste("steps.value", "8.000");
  EXPECT_TRUE(w.wait([](const json& s) { return s["steps"] == 8 && s["number_note"] != ""; }, 5));
  paste("size.width", "1 024");
  EXPECT_TRUE(w.wait([](const json& s) { return s["width"] == 1024; }, 5)) << w.state();
  paste("steps.value", "many");
  EXPECT_TRUE(is("steps", 8, "“many” is no number, so nothing was changed."));
  w.click("preset.1024");
  EXPECT_TRUE(is("steps", 8, ""));
  paste("seed", "a cat");
  EXPECT_TRUE(w.wait([](const json& s) { return s["seed_note"] == "a cat"; }));
  w.click("preset.512");
  EXPECT_TRUE(w.wait([](const json& s) { return s["seed_note"] == ""; }));
}

TEST(WindowNumber, TheLockKeepsTheRatioAsItWasTyped) {
  WindowDriver w = open_demo({});
  const auto width = [&](const char* typed, int height) {
    w.click("size.width");
    w.key("ctrl+a");
    w.type(typed);
    w.key("Tab");
    return w.wait(
        [&](const json& s) { return s["width"] == std::stoi(typed) && s["height"] == height; });
  };
  w.click("preset.16:9");
  w.click("size.lock");
  EXPECT_TRUE(width("512", 320));
  EXPECT_TRUE(w.wait([](const json& s) { return s["size_note"] == "16:9 → 512×320 (nearest)"; }));
  w.screenshot("ratio_nearest");
  EXPECT_TRUE(width("1024", 576)) << w.state();
  EXPECT_TRUE(w.wait([](const json& s) { return s["size_note"] == ""; }));
}

TEST(WindowNumber, IsTakenWhenTheRunIsStartedWhileItIsTyped) {
  WindowDriver w = open_demo({"--step-ms=10"});
  w.click("example.0");
  w.click("size.width");
  w.key("ctrl+a");
  w.type("1024");
  w.key("ctrl+Return");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
  const json place = w.read()["widgets"]["picture"];
  EXPECT_NEAR(place["w"].get<double>() / place["h"].get<double>(), 2.0, 0.02);
}

TEST(WindowSeed, ArrowsChangeIt) {
  WindowDriver w = open_demo({});
  w.click("seed");
  w.type("7");
  w.key("Up");
  EXPECT_TRUE(w.wait([](const json& s) { return s["seed"] == "8"; }));
  w.key("shift+Down");
  EXPECT_TRUE(w.wait([](const json& s) { return s["seed"] == "0"; }));
}

TEST(WindowSeed, APasteThatIsNoNumberChangesNothingAndSaysSo) {
  WindowDriver w = open_demo({});
  const auto paste = [&](const char* text) {
    w.click("seed");
    w.key("ctrl+a");
    w.paste(text);
    pause(0.4);
    w.key("Tab");
  };
  const auto is = [&](const char* seed, const char* note) {
    return w.wait([&](const json& s) { return s["seed"] == seed && s["seed_note"] == note; }, 5);
  };
  paste("123");
  EXPECT_TRUE(is("123", ""));
  paste("a cat");
  EXPECT_TRUE(is("123", "a cat")) << w.state();
  w.screenshot("seed_refused");
  paste("1.5");
  EXPECT_TRUE(is("123", "1.5"));
  paste("1\t2");
  EXPECT_TRUE(is("123", "1 2")) << "two cells of a table";
  paste("1.5e9");
  EXPECT_TRUE(is("1500000000", ""));
  paste("Seed: 77, Size: 512x512");
  EXPECT_TRUE(is("77", ""));
  paste("-1");
  EXPECT_TRUE(is("", ""));
  w.click("seed");
  w.key("minus");
  w.type("1");
  w.key("Tab");
  EXPECT_TRUE(is("", ""));
  EXPECT_EQ(w.state()["reason"].get<std::string>().find("seed"), std::string::npos);
}

}  // namespace
}  // namespace headroom::test
