// Undo and redo with the caret in the prompt: each press goes one step further back, or forth. Real
// keys on gui_demo's window.
#include "open_demo.h"
#include "support/paths.h"
#include "support/window_driver.h"

#include <chrono>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

class WindowPromptUndo : public testing::Test {
 protected:
  static WindowDriver open() {
    return open_demo({"--samples=" + (test::starter_model() / "samples").string(), "--step-ms=10"});
  }
  static bool is(const WindowDriver& w, const std::string& prompt) {
    return w.wait([&](const json& s) { return s["prompt"] == prompt; }, 5);
  }
  static bool edits(const WindowDriver& w, bool on = true) {
    return w.wait([&](const json& s) { return s["editing"] == on; }, 5);
  }
  static void rest() { std::this_thread::sleep_for(std::chrono::milliseconds(400)); }
  static void write(WindowDriver& w, const std::string& text) {
    w.click("prompt");
    w.key("ctrl+a");
    w.type(text);
    ASSERT_TRUE(is(w, text)) << w.state()["prompt"];
  }
  // A sample gives the prompt the keyboard again.
  static void take_sample(WindowDriver& w) {
    w.click("sample.2");
    ASSERT_TRUE(is(w, kSample));
    ASSERT_TRUE(edits(w));
    rest();
  }
  static constexpr const char* kSample = "a sunflower";
};

TEST_F(WindowPromptUndo, GoesBackThroughASampleAndWhatWasTypedAndForthAgain) {
  WindowDriver w = open();
  write(w, "one");
  take_sample(w);
  for (const char* const prompt : {"one", "", ""}) {
    w.key("ctrl+z");
    rest();
    EXPECT_TRUE(is(w, prompt)) << w.state()["prompt"];
  }
  for (const char* const prompt : {"one", kSample, kSample}) {
    w.key("ctrl+y");
    rest();
    EXPECT_TRUE(is(w, prompt)) << w.state()["prompt"];
  }
  w.key("ctrl+z");
  EXPECT_TRUE(is(w, "one"));
  w.key("ctrl+shift+z");
  EXPECT_TRUE(is(w, kSample));
  EXPECT_TRUE(edits(w)) << "all of it within the field";
}

TEST_F(WindowPromptUndo, TakesBackLettersFirstAndThenWhatReplacedThePrompt) {
  WindowDriver w = open();
  write(w, "one");
  take_sample(w);
  w.type("xy");
  ASSERT_TRUE(is(w, std::string(kSample) + "xy"));
  for (const char* const prompt : {"a sunflowerx", kSample, "one", ""}) {
    w.key("ctrl+z");
    EXPECT_TRUE(is(w, prompt)) << w.state()["prompt"];
    rest();
  }
}

TEST_F(WindowPromptUndo, GoesBackThroughThePromptsOfTheSession) {
  WindowDriver w = open();
  for (const char* const prompt : {"first", "second"}) {
    write(w, prompt);
    w.key("ctrl+Return");
    rest();
  }
  write(w, "third");
  for (const char* const prompt : {"second", "first"}) {
    w.key("alt+Up");
    EXPECT_TRUE(is(w, prompt)) << w.state()["prompt"];
  }
  for (const char* const prompt : {"second", "third"}) {
    w.key("ctrl+z");
    EXPECT_TRUE(is(w, prompt)) << w.state()["prompt"];
    rest();
  }
  w.key("ctrl+z");
  rest();
  EXPECT_NE(w.state()["prompt"], "first");
  EXPECT_NE(w.state()["prompt"], "third");
}

TEST_F(WindowPromptUndo, GoesBackThroughExamplesAndSettingsOfAPicture) {
  WindowDriver w = open();
  w.click("example.0");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
  const std::string example = w.state()["prompt"];
  write(w, "mine");
  w.click("use_settings");
  ASSERT_TRUE(is(w, example));
  w.click("prompt");
  ASSERT_TRUE(edits(w));
  for (const std::string& prompt : {std::string("mine"), example, std::string()}) {
    w.key("ctrl+z");
    EXPECT_TRUE(is(w, prompt)) << w.state()["prompt"];
    rest();
  }
}

// A deletion is a step of the window, and the field undoes it, too.
TEST_F(WindowPromptUndo, NeverComesBackToWhatItHasPassed) {
  WindowDriver w = open_demo();
  write(w, "first text");
  w.key("ctrl+a");
  w.key("Delete");
  ASSERT_TRUE(is(w, ""));
  w.key("ctrl+z");
  ASSERT_TRUE(is(w, "first text"));
  for (int i = 0; i < 10; ++i) w.key("ctrl+z");
  EXPECT_TRUE(is(w, ""));
  for (int i = 0; i < 3; ++i) {
    w.key("ctrl+z");
    rest();
    EXPECT_EQ(w.state()["prompt"], "");
  }
  w.click("canvas");
  ASSERT_TRUE(edits(w, false));
  w.key("ctrl+z");
  rest();
  EXPECT_EQ(w.state()["prompt"], "") << "nor from outside";
}

TEST_F(WindowPromptUndo, LeavesOtherSettingsAloneAndGoesNoWayForth) {
  WindowDriver w = open();
  write(w, "one");
  w.click("preset.768");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 768; }));
  w.click("prompt");
  ASSERT_TRUE(edits(w));
  std::string before = "one";
  for (int i = 0; i < 5; ++i) {
    w.key("ctrl+z");
    rest();
    const std::string now = w.state()["prompt"];
    EXPECT_LE(now.size(), before.size()) << before;
    before = now;
  }
  EXPECT_EQ(before, "");
  EXPECT_EQ(w.state()["width"], 768);
}

// More letters than the field itself can take back.
TEST_F(WindowPromptUndo, TakesBackAllOfALongPrompt) {
  WindowDriver w = open();
  std::string text;
  for (int i = 0; i < 30; ++i) text += "words";
  write(w, text);
  for (int i = 0; i < 105; ++i) w.key("ctrl+z");
  EXPECT_TRUE(is(w, "")) << w.state()["prompt"];
}

}  // namespace
}  // namespace headroom::test
