// Closing with work open, and what comes back. Real clicks on gui_demo's window.
#include "support/temp_folder.h"
#include "support/window_driver.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class WindowSession : public ::testing::Test {
 protected:
  [[nodiscard]] WindowDriver open(std::vector<std::string> options) const {
    options.insert(options.end(), {"--output={folder}/pictures", "--session={folder}/state"});
    return WindowDriver(
        {.program = HEADROOM_GUI_DEMO, .arguments = std::move(options), .folder = folder_});
  }
  static void start_run(WindowDriver& w, int jobs) {
    if (!w.read()["widgets"].contains("example.0")) w.click("example.fold");
    w.click("example.0");
    w.click("generate");
    ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
    for (int i = 1; i < jobs; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(500));  // no double click
      w.click("generate");
      ASSERT_TRUE(w.wait([&](const json& s) { return s["jobs"] == i + 1; }));
    }
  }
  static bool asks(WindowDriver& w) {
    w.ask_to_close();
    return w.wait([](const json& s) { return s["closing"] == "ask"; }) &&
           w.wait_for_widget("close.stay");
  }
  const TempFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

TEST_F(WindowSession, ClosesAtOnceWhenNothingWouldBeLost) {
  WindowDriver w = open({});
  EXPECT_EQ(w.close(10), 0);
}

TEST_F(WindowSession, AsksWhileAQueueIsThereAndEveryAnswerIsKept) {
  WindowDriver w = open({"--step-ms=150"});
  start_run(w, 2);
  ASSERT_TRUE(asks(w));
  w.screenshot("close_question");
  w.key("Escape");
  ASSERT_TRUE(w.wait([](const json& s) { return s["closing"] == ""; }));
  ASSERT_TRUE(asks(w));
  w.click("close.stay");
  ASSERT_TRUE(w.wait([](const json& s) { return s["closing"] == "" && s["running"] == true; }));
  ASSERT_TRUE(asks(w));
  w.click("close.finish");
  EXPECT_EQ(w.wait_for_exit(60), 0);
  std::size_t made = 0;
  for (const auto& entry : fs::directory_iterator(folder_ / "pictures"))
    made += entry.path().extension() == ".png" ? 1 : 0;
  EXPECT_EQ(made, 2U);
}

TEST_F(WindowSession, AnUnsavedPictureCanBeSavedElsewhere) {
  WindowDriver w = open({"--step-ms=10", "--save=fails"});
  start_run(w, 1);
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
  ASSERT_TRUE(asks(w));
  w.screenshot("close_unsaved");
  w.click("close.folder");
  ASSERT_TRUE(w.wait([](const json& s) { return s["editing"] == true; }));
  w.key("ctrl+a");
  w.type((folder_ / "elsewhere").string());
  w.click("close.save");
  ASSERT_TRUE(w.wait([](const json& s) { return s["picture_file"] != ""; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));  // the question is shorter now
  w.click("close.now");
  EXPECT_EQ(w.wait_for_exit(10), 0);
  EXPECT_FALSE(fs::is_empty(folder_ / "elsewhere"));
}

TEST_F(WindowSession, AQueueThatCannotSaveWaitsAndGoesOnWhenItsPicturesAreSavedElsewhere) {
  // A picture has 0.75 MB: the second of them fills what may be held.
  WindowDriver w = open({"--step-ms=10", "--save=never", "--unsaved=1M"});
  w.click("example.0");
  w.click("count.value");
  w.key("ctrl+a");
  w.type("4");
  w.key("Tab");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 2 && s["banners"].size() == 2; }));
  EXPECT_EQ(
      w.state()["banners"][1],
      "Memory has room for no more pictures that are not saved (2). Save them and it goes on.");
  w.click("banner.1.close");  // it is true, so it stays
  w.screenshot("queue_held");
  EXPECT_EQ(w.state()["pictures"], 2);
  w.click("banner.1.action");
  w.click("close.folder");
  ASSERT_TRUE(w.wait([](const json& s) { return s["editing"] == true; }));
  w.screenshot("save_question");
  w.key("ctrl+a");
  w.type((folder_ / "elsewhere").string());
  w.click("close.save");
  const auto tells_where = [](const json& s) {
    return std::ranges::any_of(s["banners"], [](const json& banner) {
      const auto text = banner.get<std::string>();
      return text.starts_with("Until this window closes") && text.ends_with("elsewhere.");
    });
  };
  EXPECT_TRUE(w.wait(tells_where));
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 4 && s["jobs"] == 0; }));
  std::size_t saved = 0;
  for (const auto& entry : fs::directory_iterator(folder_ / "elsewhere"))
    saved += entry.path().extension() == ".png" ? 1 : 0;
  EXPECT_EQ(saved, 4U) << "those made later go there, too";
  EXPECT_NE(w.state()["picture_file"].get<std::string>().find("elsewhere"), std::string::npos);
  EXPECT_FALSE(w.read()["widgets"].contains("close.save")) << "the question is answered";
}

TEST_F(WindowSession, ALostDeviceKeepsEveryJobAndOffersToStartAgain) {
  {
    WindowDriver w = open({"--step-ms=300"});
    w.click("prompt");
    w.type("lose the device");
    w.key("ctrl+Return");
    ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
    w.key("ctrl+a");
    w.type("the next");
    w.key("ctrl+Return");
    ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 1; }, 60));
    EXPECT_NE(w.state()["banners"][0].get<std::string>().find("gave up"), std::string::npos);
    // The one that waits is not tried, and nothing is forgotten.
    EXPECT_EQ(w.state()["jobs"], 1);
    EXPECT_EQ(w.state()["running"], false);
    w.screenshot("device_lost");
    w.click("banner.0.action");
    EXPECT_EQ(w.wait_for_exit(10), 0);  // main.cpp starts the real program again
  }
  WindowDriver w = open({});
  ASSERT_TRUE(w.wait([](const json& s) { return s["offered"] == 2; }));
  EXPECT_EQ(w.state()["prompt"], "the next");
}

TEST_F(WindowSession, ComesBackWithItsQueueOfferedAndItsPictures) {
  {
    WindowDriver w = open({"--step-ms=10"});
    w.click("prompt");
    w.type("sent");
    w.key("ctrl+Return");
    ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
    EXPECT_EQ(w.close(10), 0);
  }
  {
    WindowDriver w = open({"--step-ms=4000"});
    ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["prompt"] == "sent"; }));
    start_run(w, 2);
    w.click("prompt");
    w.key("ctrl+a");
    w.type("never sent");
    w.click("preset.16:9");
    w.click("steps.value");
    w.key("ctrl+a");
    w.type("9");
    w.key("Tab");
    ASSERT_TRUE(w.wait([](const json& s) { return s["steps"] == 9 && s["height"] == 576; }));
    ASSERT_TRUE(asks(w));
    w.click("close.now");
    EXPECT_EQ(w.wait_for_exit(10), 0);
  }
  WindowDriver w = open({"--step-ms=10"});
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["prompt"] == "never sent" && s["steps"] == 9 && s["height"] == 576 &&
           s["pictures"] == 1 && s["offered"] == 2 && s["jobs"] == 0;
  })) << w.state();
  EXPECT_NE(w.state()["picture_file"], "");
  ASSERT_TRUE(w.wait_for_widget("picture")) << "its pixels come from its file";
  w.screenshot("session_back");
  w.click("prompt");
  w.key("alt+Up");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a cute orange cat"; }));
  w.click("banner.0.action");
  EXPECT_TRUE(w.wait(
      [](const json& s) { return s["pictures"] == 3 && s["jobs"] == 0 && s["offered"] == 0; }));
}

TEST_F(WindowSession, SurvivesBeingKilledAndADamagedFile) {
  {
    WindowDriver w = open({"--step-ms=4000"});
    start_run(w, 3);
    w.click("prompt");
    w.key("ctrl+a");
    w.type("the draft");
    ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "the draft"; }));
    // Written a second after the last change.
    const auto written = [&] {
      std::ifstream in(folder_ / "state" / "session.json");
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      return text.find("the draft") != std::string::npos;
    };
    ASSERT_TRUE(w.wait([&](const json&) { return written(); }));
    kill(w.pid(), SIGKILL);
    EXPECT_FALSE(w.wait_for_exit(10)) << "it was killed";
  }
  {
    WindowDriver w = open({});
    EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "the draft"; }));
    EXPECT_EQ(w.state()["offered"], 3);
    w.click("banner.0.close");
    ASSERT_TRUE(w.wait([](const json& s) { return s["offered"] == 0; }));
    EXPECT_EQ(w.close(10), 0);
  }
  std::ofstream(folder_ / "state" / "session.json") << "{\"prom";
  WindowDriver w = open({});
  EXPECT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 1; }));
  EXPECT_EQ(w.state()["prompt"], "");
}

}  // namespace
}  // namespace headroom::test
