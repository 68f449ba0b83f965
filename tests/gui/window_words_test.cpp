// No English sentence and no code stands in a Chinese window, whatever happens. Real events on
// gui_demo's window; the real program's states are in tests/e2e.
#include "open_demo.h"
#include "support/english.h"
#include "support/window_driver.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

// `options` win over these.
WindowDriver open(std::vector<std::string> options) {
  options.insert(options.begin(), {"--language=zh", "--step-ms=20"});
  return open_demo(std::move(options));
}

void expect_chinese(const WindowDriver& window, const std::string& state) {
  const json dump = window.read();
  EXPECT_GT(dump["texts"].size(), 20U) << "the window draws more than that";
  for (const json& text : dump["texts"]) EXPECT_EQ(english_in(text), "") << state << ": " << text;
}

// With what it explains, all of it.
void expect_chinese_tip(WindowDriver& window, const std::string& widget) {
  window.hover(widget);
  ASSERT_TRUE(window.wait_for_widget("tip")) << widget;
  std::this_thread::sleep_for(std::chrono::milliseconds(1300));
  expect_chinese(window, "tip of " + widget);
}

TEST(WindowWords, WhatIsWrongWithARequestIsInChinese) {
  WindowDriver w = open({});
  expect_chinese(w, "empty");
  w.click("prompt");
  w.type("  ");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "  "; }));
  EXPECT_EQ(w.state()["reason"], "提示词是空的，请写出想画什么。");
  expect_chinese(w, "blank");
  w.key("ctrl+a");
  w.paste(std::string(5000, 'x'));
  ASSERT_TRUE(w.wait([](const json& s) { return s["tokens"] > 512; }));
  expect_chinese(w, "too long");
  w.key("ctrl+a");
  w.paste("一只猫");
  w.click("seed");
  w.paste("many");
  w.click("steps.value");
  w.key("ctrl+a");
  w.type("99999");
  w.key("Tab");
  ASSERT_TRUE(w.wait([](const json& s) { return s["number_note"] != ""; }));
  expect_chinese(w, "numbers that were refused");
}

TEST(WindowWords, WhatIsExplainedAndOpenedIsInChinese) {
  WindowDriver w = open({"--total=4.3G", "--others=600M"});
  w.click("example.0");
  ASSERT_TRUE(w.wait([](const json& s) { return s["cards"]["1024"]["state"] == "short"; }));
  expect_chinese(w, "squeezed");
  for (const char* const widget : {"preset.512", "preset.1024", "size.lock", "steps", "guidance",
                                   "plan", "gauge", "language", "generate"}) {
    expect_chinese_tip(w, widget);
  }
  w.click("negative.fold");
  ASSERT_TRUE(w.wait_for_widget("negative"));
  w.click("plan");
  ASSERT_TRUE(w.wait_for_widget("plan.card"));
  expect_chinese(w, "opened");
}

TEST(WindowWords, ARunItsFailureAndItsQueueAreInChinese) {
  WindowDriver w = open({"--save=fails", "--step-ms=200"});
  w.click("prompt");
  w.type("slow");  // says that the device became slower
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true && s["step"] > 1; }))
      << w.state();
  w.click("queue");
  w.key("Escape");
  w.click("generate");
  expect_chinese(w, "running");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 2 && s["jobs"] == 0; }, 60));
  expect_chinese(w, "not saved");
  for (const char* const prompt : {"fail", "crash", "exhaust"}) {
    w.click("prompt");
    w.key("ctrl+a");
    w.type(prompt);
    const json before = w.state()["banners"];
    w.click("generate");
    ASSERT_TRUE(w.wait(
        [&](const json& s) {
          return s["jobs"] == 0 && !s["banners"].empty() && s["banners"] != before;
        },
        60))
        << prompt << ": " << w.state()["banners"];
    expect_chinese(w, prompt);
  }
  w.screenshot("words_failed_zh");
  w.ask_to_close();
  ASSERT_TRUE(w.wait([](const json& s) { return s["closing"] == "ask"; }));
  expect_chinese(w, "closing");
  w.click("close.stay");
}

TEST(WindowWords, MessagesFollowTheLanguage) {
  WindowDriver w = open({"--save=fails"});
  w.click("example.0");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && !s["banners"].empty(); }));
  const std::string chinese = w.state()["banners"][0];
  w.click("language");
  ASSERT_TRUE(w.wait([&](const json& s) {
    return s["language"] == "en" && s["banners"][0].get<std::string>().starts_with("Cannot write");
  })) << w.state()["banners"];
  EXPECT_TRUE(w.state()["banners"][0].get<std::string>().ends_with(
      "the disk is full; free some space or choose another folder."));
  w.screenshot("words_not_saved_en");
  w.click("language");
  EXPECT_TRUE(w.wait([&](const json& s) { return s["banners"][0] == chinese; }));
}

}  // namespace
}  // namespace headroom::test
