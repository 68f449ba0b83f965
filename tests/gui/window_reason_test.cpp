// Why nothing starts, and how long the prompt is. Real events on gui_demo's window.
#include "open_demo.h"
#include "support/drawn_texts.h"
#include "support/paths.h"
#include "support/window_driver.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace headroom::test {
namespace {

using nlohmann::json;

WindowDriver open(std::vector<std::string> options) {
  options.insert(options.end(), {"--step-ms=20"});
  return open_demo(std::move(options));
}

bool flashes(const WindowDriver& window) {
  return window.wait([](const json& s) { return s["flashes"] == true; }, 3);
}

TEST(WindowReason, CtrlEnterWithoutAPromptShowsWhyAndGoesToThePrompt) {
  WindowDriver w = open({});
  w.click("steps.value");
  w.key("Escape");
  w.click("canvas");
  w.key("ctrl+Return");
  EXPECT_TRUE(flashes(w));
  EXPECT_TRUE(w.wait([](const json& s) { return s["flashes"] == false; }, 3)) << "once";
  w.type("a cat");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a cat"; }));
  w.key("ctrl+Return");
  EXPECT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1; }));
  EXPECT_FALSE(w.state()["flashes"]);
}

TEST(WindowReason, CtrlEnterWithASizeThatDoesNotFitGoesToTheSize) {
  WindowDriver w = open({"--total=4.7G", "--others=600M"});
  w.click("example.0");
  w.click("size.width");
  w.key("ctrl+a");
  w.type("1024");
  w.click("size.height");
  w.key("ctrl+a");
  w.type("1024");
  w.key("Tab");
  ASSERT_TRUE(
      w.wait([](const json& s) { return s["can_generate"] == false && s["reason"] != ""; }));
  w.click("canvas");
  w.key("ctrl+Return");
  EXPECT_TRUE(flashes(w));
  w.screenshot("reason_flashes");
  w.key("ctrl+a");
  w.type("512");
  w.key("Tab");
  EXPECT_TRUE(w.wait([](const json& s) { return s["width"] == 512; })) << w.state()["width"];
  EXPECT_EQ(w.state()["jobs"], 0);
}

// 600 characters of Chinese are 600 tokens of gui_demo's, and it reads 512.
TEST(WindowReason, TheTailOfAPromptThatIsNotReadIsSaidAndDimmed) {
  std::string prompt;
  for (int i = 0; i < 600; ++i) prompt += "猫";
  WindowDriver w = open({});
  w.click("prompt");
  w.paste(prompt);
  ASSERT_TRUE(w.wait([](const json& s) { return s["tokens"] == 600; }));
  EXPECT_EQ(w.state()["read_bytes"], 512 * 3);
  EXPECT_TRUE(wait_for_text(w, "600 of 512 tokens · end not read"));
  const auto brightest_in = [&](bool end) {
    w.key(end ? "ctrl+End" : "ctrl+Home");
    w.point_at(640, 6);
    const json field = w.read()["widgets"]["prompt"];
    int brightest = 0;
    for (int x = 20; x < 60; ++x) {
      const int left = field["x"].get<int>() + x;
      const int top = field["y"].get<int>() + static_cast<int>(field["h"].get<double>() / 2) - 7;
      brightest = std::max(brightest, w.pixel(left, top)[1]);
    }
    return brightest;
  };
  const int read = brightest_in(false);
  w.screenshot("tail_read");
  const int unread = brightest_in(true);
  w.screenshot("tail_unread");
  EXPECT_LT(unread, read - 40);
}

// Scrolled to its end, the field ends and begins with a whole line; the picture's own prompt, too.
TEST(WindowReason, NoLineOfAPromptIsCutThrough) {
  std::string prompt;
  for (int i = 10; i < 80; ++i) prompt += "MW" + std::to_string(i) + " ";
  WindowDriver w = open({});
  w.click("prompt");
  w.paste(prompt);
  ASSERT_TRUE(w.wait([&](const json& s) { return s["prompt"] == prompt; }));
  w.key("ctrl+End");
  w.point_at(640, 6);
  const json field = w.read()["widgets"]["prompt"];
  const auto brightest = [&](int from, int to) {  // of these rows of the field
    int found = 0;
    for (int y = from; y < to; y += 2) {
      for (int x = 20; x < 60; x += 5)
        found = std::max(found, w.pixel(field["x"].get<int>() + x, field["y"].get<int>() + y)[1]);
    }
    return found;
  };
  const int height = field["h"];
  const int text = brightest(height / 2 - 8, height / 2);
  EXPECT_LT(brightest(3, 8), text - 60);
  EXPECT_LT(brightest(height - 8, height - 3), text - 60);
  w.screenshot("prompt_scrolled");

  w.key("ctrl+Return");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
  ASSERT_TRUE(w.wait_for_widget("value.prompt"));
  w.screenshot("prompt_of_picture");
  // As texts that were drawn: the field's are not among them.
  int lines = 0;
  int cut = 0;
  const json dump = w.read();
  for (const json& drawn : dump["texts"]) {
    const auto line = drawn.get<std::string>();
    if (!line.starts_with("MW")) continue;
    ++lines;
    if (line.ends_with("…")) ++cut;
  }
  EXPECT_EQ(lines, 5) << dump["texts"];
  EXPECT_EQ(cut, 1) << "the last one says that there is more";
}

TEST(WindowReason, IsNotCoveredByATipInASmallWindow) {
  WindowDriver w({.program = test::built_program("gui_demo"),
                  .arguments = {"--output={folder}/pictures"},
                  .width = 640,
                  .height = 480});
  ASSERT_TRUE(w.wait([](const json& s) { return s["can_generate"] == false; }));
  for (const char* const name : {"generate", "cancel", "plan"}) {
    w.point_at(3, 3);
    ASSERT_TRUE(w.wait([&](const json&) { return !w.read()["widgets"].contains("tip"); }));
    w.hover(name);
    ASSERT_TRUE(w.wait_for_widget("tip")) << name;
    const json widgets = w.read()["widgets"];
    const auto [tip, reason] = std::pair(widgets.at("tip"), widgets.at("reason"));
    const auto apart = [&](const char* at, const char* extent) {
      const double a = tip[at];
      const double b = reason[at];
      return a + tip[extent].get<double>() <= b || b + reason[extent].get<double>() <= a;
    };
    EXPECT_TRUE(apart("x", "w") || apart("y", "h")) << name << ": " << tip << ", " << reason;
    w.screenshot(std::string("reason_tip_") + name);
  }
}

// A change that is too small for a new forecast: the gauge and the sum beside it say one amount.
TEST(WindowReason, AndTheGaugeSayOneAmountForOtherPrograms) {
  const std::string file =
      (std::filesystem::temp_directory_path() / ("headroom-others-" + std::to_string(getpid())))
          .string();
  const auto hold = [&](const char* amount) { std::ofstream(file) << amount; };
  hold("2000M");
  WindowDriver w = open({"--source=CUDA card", "--total=4.7G", "--others-file=" + file});
  const auto others = [&] { return w.state()["memory"]["others"].get<std::int64_t>(); };
  const std::int64_t before = std::int64_t{2000} << 20;
  ASSERT_TRUE(w.wait([&](const json&) { return others() == before; })) << others();
  hold("2015M");  // the step is 1/200 of the card, 24 MB
  std::this_thread::sleep_for(std::chrono::seconds(2));
  EXPECT_EQ(others(), before);
  hold("2100M");
  EXPECT_TRUE(w.wait([&](const json&) { return others() == std::int64_t{2100} << 20; }));
  std::filesystem::remove(file);
}

// These sums are so long that a line would end between a number and its unit.
TEST(WindowReason, NoLineOfAReasonBeginsWithAUnit) {
  struct Case {
    const char* language;
    const char* others;
    const char* cure;  // all of the tip is shown
  };
  for (const Case& c :
       {Case{"en", "1.2G", "Close"}, {"zh", "1.2G", "关闭"}, {"zh", "4.6G", "关闭"}}) {
    WindowDriver w =
        open({"--source=CUDA card", "--total=4.7G", std::string("--others=") + c.others,
              std::string("--language=") + c.language});
    w.hover("preset.1024");
    ASSERT_TRUE(w.wait_for_words("tip", c.cure));
    const json dump = w.read();
    for (const json& line : dump["texts"]) {
      const auto text = line.get<std::string>();
      for (const char* const unit : {"GB", "MB", "秒"})
        EXPECT_FALSE(text.starts_with(unit)) << c.language << ": " << text;
    }
    w.screenshot(std::string("reason_lines_") + c.others + "_" + c.language);
  }
}

}  // namespace
}  // namespace headroom::test
