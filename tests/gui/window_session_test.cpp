// Closing with work open, and what comes back. Real clicks on gui_demo's window.
#include "support/drawn_texts.h"
#include "support/english.h"
#include "support/paths.h"
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
    return WindowDriver({.program = test::built_program("gui_demo"),
                         .arguments = std::move(options),
                         .folder = folder_});
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
  // Whoever writes as root is stopped by no permission: a file is where the folder should be.
  void block_state() const { std::ofstream(folder_ / "state") << "not a folder"; }
  // Whether the session on the disk has `text`.
  [[nodiscard]] bool holds(const std::string& text) const {
    return read_bytes(folder_ / "state" / "session.json").find(text) != std::string::npos;
  }
  const TempFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

TEST_F(WindowSession, ClosesAtOnceWhenNothingWouldBeLost) {
  WindowDriver w = open({});
  EXPECT_EQ(w.close(10), 0);
}

TEST_F(WindowSession, AsksWhileAQueueIsThereAndEveryAnswerIsKept) {
  std::ofstream(folder_ / "hold") << "both jobs are there until all is asked";
  WindowDriver w = open({"--step-ms=10", "--hold-file={folder}/hold"});
  start_run(w, 2);
  ASSERT_TRUE(asks(w));
  w.screenshot("close_question");
  w.key("ctrl+Return");
  w.key("alt+Up");
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_EQ(w.state()["jobs"], 2) << "nothing happens behind a question";
  EXPECT_EQ(w.state()["closing"], "ask");
  w.key("Escape");
  ASSERT_TRUE(w.wait([](const json& s) { return s["closing"] == ""; }));
  ASSERT_TRUE(asks(w));
  w.click("close.stay");
  ASSERT_TRUE(w.wait([](const json& s) { return s["closing"] == "" && s["running"] == true; }));
  ASSERT_TRUE(asks(w));
  w.click("close.finish");
  ASSERT_TRUE(w.wait([](const json& s) { return s["closing"] == "when_done"; }));
  fs::remove(folder_ / "hold");
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

TEST_F(WindowSession, APictureThatHadToBePutElsewhereIsToldAndShownAtTheNextStart) {
  {
    WindowDriver w = open({"--step-ms=10", "--save=never"});
    w.click("prompt");
    w.type("a lighthouse");
    w.key("ctrl+Return");
    ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
    w.key("ctrl+a");
    w.type("lose the device");
    w.key("ctrl+Return");
    ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 2; }, 60));
    w.click("banner.1.action");
    EXPECT_EQ(w.wait_for_exit(10), 0) << "starts again without a question";
  }
  ASSERT_TRUE(fs::is_directory(folder_ / "rescued"));
  WindowDriver w = open({"--language=zh"});
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1; }));
  EXPECT_NE(w.state()["picture_file"].get<std::string>().find("rescued"), std::string::npos);
  EXPECT_TRUE(wait_for_text(w, "未能保存到原文件夹的图片现在在这里"));
  ASSERT_TRUE(w.wait_for_widget("banner.1.action")) << "and the job that was lost";
  std::this_thread::sleep_for(std::chrono::milliseconds(500));  // the canvas makes room
  w.screenshot("rescued_zh");
  EXPECT_EQ(w.state()["banners"][0], w.state()["picture_file"]);
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
  w.click("banner.0.close");
  ASSERT_TRUE(w.wait([](const json& s) { return s["offered"] == 0 && s["banners"].size() == 1; }));
  EXPECT_NE(w.state()["banners"][0].get<std::string>().find("given up"), std::string::npos);
  w.click("banner.0.action");
  ASSERT_TRUE(w.wait([](const json& s) { return s["offered"] == 2 && s["jobs"] == 0; }))
      << "a message that was closed by mistake loses nothing";
  w.click("banner.0.action");
  EXPECT_TRUE(w.wait(
      [](const json& s) { return s["pictures"] == 3 && s["jobs"] == 0 && s["offered"] == 0; }));
}

TEST_F(WindowSession, AsksAboutWhatCannotBeKeptAndKeepsItOnceItCan) {
  for (const char* const language : {"en", "zh"}) {
    const bool english = std::string(language) == "en";
    const std::string prompt = english ? "a lighthouse in the rain" : "a second lighthouse";
    block_state();
    {
      WindowDriver w = open({"--language=" + std::string(language),
                             "--theme=" + std::string(english ? "dark" : "light")});
      ASSERT_TRUE(w.wait([](const json& s) { return s["unkept"] == true; }));
      EXPECT_EQ(w.state()["banners"].size(), 1U) << "it is told at once, and once";
      w.click("prompt");
      w.type(prompt);
      ASSERT_TRUE(w.wait([&](const json& s) { return s["prompt"] == prompt; }));
      w.screenshot("session_unkept_" + std::string(language));
      ASSERT_TRUE(asks(w));
      w.screenshot("close_forgotten_" + std::string(language));
      EXPECT_TRUE(w.wait_for_widget("close.copy"));
      EXPECT_TRUE(wait_for_text(
          w, english ? "Lost if you quit now: the prompt." : "立即退出将会丢失：提示词。"));
      for (const json& text : w.read()["texts"]) {
        if (english || text == prompt) continue;
        EXPECT_EQ(english_in(text), "") << text;
      }
      w.click("close.copy");
      EXPECT_TRUE(w.wait([&](const json&) { return w.clipboard() == prompt; }));
      w.click("close.stay");
      ASSERT_TRUE(w.wait([](const json& s) { return s["closing"] == ""; }));
      EXPECT_EQ(w.state()["banners"].size() + w.state()["folded"].get<std::size_t>(), 1U);
      fs::remove(folder_ / "state");
      ASSERT_TRUE(w.wait([](const json& s) {
        return s["unkept"] == false && s["banners"].empty() && s["folded"] == 0;
      })) << "without another key";
      EXPECT_EQ(w.close(10), 0);
    }
    WindowDriver w = open({});
    EXPECT_TRUE(w.wait([&](const json& s) { return s["prompt"] == prompt; }));
    EXPECT_EQ(w.close(10), 0);
    fs::remove_all(folder_ / "state");
  }
}

TEST_F(WindowSession, AFolderThatGoesWhileTheWindowIsOpenIsNoticedAtItsEnd) {
  WindowDriver w = open({});
  w.click("prompt");
  w.type("a lighthouse");
  ASSERT_TRUE(w.wait([&](const json&) { return holds("a lighthouse"); }));
  EXPECT_EQ(w.state()["unkept"], false);
  fs::remove_all(folder_ / "state");
  block_state();
  ASSERT_TRUE(asks(w)) << "nothing was typed since it was kept, and yet it is gone";
  EXPECT_EQ(w.state()["unkept"], true);
  w.click("close.now");
  EXPECT_EQ(w.wait_for_exit(10), 0);
}

TEST_F(WindowSession, AsksNothingWhileAllThatWasTypedIsKept) {
  WindowDriver w = open({});
  w.click("prompt");
  w.type("a lighthouse");
  ASSERT_TRUE(w.wait([&](const json&) { return holds("a lighthouse"); }));
  // From now on the file cannot be replaced, as on a full disk.
  fs::create_directories(folder_ / "state" / "session.json.new" / "in the way");
  w.click("preset.16:9");
  ASSERT_TRUE(w.wait([](const json& s) { return s["unkept"] == true; }));
  w.click("prompt");
  w.type(" in the rain");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a lighthouse in the rain"; }));
  ASSERT_TRUE(asks(w));
  w.click("close.stay");
  ASSERT_TRUE(w.wait([](const json& s) { return s["closing"] == ""; }));
  w.click("prompt");
  for (int i = 0; i < 12; ++i) w.key("BackSpace");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a lighthouse"; }));
  EXPECT_EQ(w.close(10), 0);
  EXPECT_TRUE(holds("a lighthouse"));
}

TEST_F(WindowSession, WithoutAFolderAnEmptyWindowClosesAtOnce) {
  block_state();
  WindowDriver w = open({});
  ASSERT_TRUE(w.wait([](const json& s) { return s["unkept"] == true; }));
  EXPECT_EQ(w.close(10), 0);
}

TEST_F(WindowSession, PromisesNoQueueThatCannotBeKept) {
  block_state();
  WindowDriver w = open({"--step-ms=4000"});
  start_run(w, 2);
  ASSERT_TRUE(asks(w));
  w.screenshot("close_forgotten_queue");
  EXPECT_TRUE(wait_for_text(w, "1 is being made, 1 waiting."));
  EXPECT_TRUE(wait_for_text(w, "Lost if you quit now: the prompt, the queue."));
  w.click("close.now");
  EXPECT_EQ(w.wait_for_exit(10), 0);
}

TEST_F(WindowSession, StartsNotAgainOverAPromptThatCannotBeKept) {
  block_state();
  WindowDriver w = open({"--step-ms=10"});
  w.click("prompt");
  w.type("lose the device");
  w.key("ctrl+Return");
  // The warning that nothing is kept folds away by itself.
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["unkept"] == true && s["folded"] == 1 && s["banners"].size() == 1;
  }));
  w.click("banner.0.action");
  ASSERT_TRUE(w.wait([](const json& s) { return s["closing"] == "ask"; }));
  w.click("close.stay");
  ASSERT_TRUE(w.wait([](const json& s) { return s["closing"] == ""; }));
  fs::remove(folder_ / "state");
  ASSERT_TRUE(w.wait([](const json& s) { return s["unkept"] == false; }));
  w.click("banner.0.action");
  EXPECT_EQ(w.wait_for_exit(10), 0);
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
    ASSERT_TRUE(w.wait([&](const json&) { return holds("the draft"); }));
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
