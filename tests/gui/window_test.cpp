// Drives the window of gui_demo under a virtual screen with a real mouse and keyboard.
#include "open_demo.h"
#include "support/paths.h"
#include "support/window_driver.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

const std::vector<std::string> kQuick{"--step-ms=15"};

bool idle_with(const json& s, int pictures) { return s["pictures"] == pictures && s["jobs"] == 0; }

TEST(Window, TypesAPromptAndMakesAPictureThatIsOnTheCanvas) {
  WindowDriver w = open_demo(kQuick);
  ASSERT_TRUE(
      w.wait([](const json& s) { return s["can_generate"] == false && s["reason"] != ""; }));
  w.click("prompt");
  w.type("a cat");
  ASSERT_TRUE(
      w.wait([](const json& s) { return s["prompt"] == "a cat" && s["can_generate"] == true; }));
  EXPECT_TRUE(w.wait([](const json& s) { return s["tokens"] == 2; }));
  w.click("preset.16:9");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 1024 && s["height"] == 576; }));
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
  ASSERT_TRUE(w.wait([](const json& s) { return idle_with(s, 1); }));
  EXPECT_TRUE(std::filesystem::is_regular_file(w.state()["picture_file"].get<std::string>()));

  const json place = w.read()["widgets"]["picture"];
  EXPECT_NEAR(place["w"].get<double>() / place["h"].get<double>(), 1024.0 / 576, 0.01);
  const int x = static_cast<int>(place["x"].get<double>() + 10);
  const int y = static_cast<int>(place["y"].get<double>() + 10);
  const auto colour = w.pixel(x, y);
  const int spread =
      std::max({colour[0], colour[1], colour[2]}) - std::min({colour[0], colour[1], colour[2]});
  EXPECT_GT(spread, 40) << "the fake's pictures are colourful, the empty canvas is grey";
}

TEST(Window, ASlowerDeviceIsToldOnceWhileTheJobRuns) {
  WindowDriver w = open_demo({"--step-ms=100", "--language=zh"});
  w.click("prompt");
  w.type("slow");
  ASSERT_TRUE(w.wait([](const json& s) { return s["can_generate"] == true; }));
  w.click("generate");
  ASSERT_TRUE(
      w.wait([](const json& s) { return s["banners"].size() == 1 && s["running"] == true; }));
  EXPECT_NE(w.state()["banners"][0].get<std::string>().find("设备变慢了（×1.7）"),
            std::string::npos);
  w.click("banner.0.close");
  ASSERT_TRUE(w.wait([](const json& s) { return idle_with(s, 1); }));
  EXPECT_TRUE(w.state()["banners"].empty()) << "the outcome brings it again";
}

TEST(Window, AddsToTheQueueWhileItRunsAndCancels) {
  WindowDriver w = open_demo({"--step-ms=200"});
  w.click("example.0");
  ASSERT_TRUE(w.wait([](const json& s) { return s["can_generate"] == true; }));
  w.key("ctrl+Return");
  ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));  // no double click
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 2; }));
  w.click("cancel");
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["jobs"] == 1 && s["running"] == true && s["cancelling"] == false;
  }));
  w.click("cancel");
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 0; }));
  EXPECT_EQ(w.state()["pictures"], 0);
  // A cancel is not a failure: all that is said is where the first one stopped, since the bar was
  // the next one's at once.
  const json banners = w.state()["banners"];
  ASSERT_EQ(banners.size(), 1U) << banners;
  EXPECT_TRUE(banners[0].get<std::string>().starts_with("Cancelled")) << banners;
}

TEST(Window, CancelsAWaitingJobInTheQueueList) {
  WindowDriver w = open_demo({"--step-ms=200"});
  w.click("example.0");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
  for (int i = 0; i < 2; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));  // no double click
    w.click("generate");
  }
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 3; }));
  w.click("queue");
  w.click("queue.cancel.2");
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 2; }));
  w.click("queue.clear");
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 1 && s["running"] == true; }));
}

TEST(Window, APresetThatDoesNotFitOffersTheOneThatDoes) {
  WindowDriver w = open_demo({"--total=4.7G"});  // 1024x1024 needs 4.3 GB, the budget is 3.9 GB
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["cards"]["1024"]["state"] == "short" && s["cards"]["768"]["state"] == "slower" &&
           s["cards"]["512"]["recommended"] == true;
  }));
  EXPECT_FALSE(w.read()["widgets"]["preset.1024"]["enabled"].get<bool>());
  w.click("preset.1024");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 768 && s["height"] == 768; }));
  EXPECT_NE(w.state()["size_note"], "");
}

TEST(Window, ASizeThatDoesNotFitTurnsGenerateOffAndOffersAnother) {
  WindowDriver w = open_demo({"--total=4.7G"});
  w.click("example.0");
  w.click("size.width");
  w.key("ctrl+a");
  w.type("1000");
  w.key("Tab");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 1024 && s["size_note"] != ""; }));
  w.key("ctrl+a");
  w.type("1024");
  w.key("Tab");
  ASSERT_TRUE(
      w.wait([](const json& s) { return s["height"] == 1024 && s["can_generate"] == false; }));
  EXPECT_NE(w.state()["reason"].get<std::string>().find("768×768"), std::string::npos);
  w.click("size.suggest");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 768 && s["can_generate"] == true; }));
}

TEST(Window, ARefusalNamesTheTermThatDecides) {
  const auto reason = [](std::vector<std::string> options) {
    WindowDriver w = open_demo(std::move(options));
    w.click("example.0");
    EXPECT_TRUE(w.wait([](const json& s) { return s["reason"] != "" && s["prompt"] != ""; }));
    EXPECT_TRUE(w.wait([](const json& s) {
      return s["reason"].get<std::string>().starts_with("Needs 3.") && !s["others"].empty();
    }));
    return w.state()["reason"].get<std::string>();
  };
  EXPECT_TRUE(reason({"--total=6G", "--others=4G"}).ends_with(" Close blender (3.00 GB)."));
  EXPECT_TRUE(reason({"--total=6G", "--others=100M", "--reserve=5G"})
                  .ends_with(" Lower the reserve (memory.reserve, now 5.00 GB)."));
  EXPECT_TRUE(reason({"--total=6G", "--cap=1G"})
                  .ends_with(" Lift the cap (memory.vram_cap, now 1.00 GB)."));
}

TEST(Window, ThePlanSaysOfASizeWhatItsCardSays) {
  for (const char* const total : {"--total=6G", "--total=4.45G", "--total=4.2G", "--total=3G"}) {
    WindowDriver w = open_demo({total});
    for (const char* const name : {"512", "768", "1024"}) {
      if (w.wait([&](const json& s) { return s["cards"][name]["state"] == "short"; }, 1)) continue;
      w.click(std::string("preset.") + name);
      EXPECT_TRUE(w.wait([&](const json& s) {
        return s["cards"][name]["selected"] == true && s["plan_state"] != "pending" &&
               s["plan_state"] == s["cards"][name]["state"];
      })) << total
          << " " << name;
    }
  }
}

TEST(Window, TakesChineseFromTheClipboardAndSwitchesLanguageAndTheme) {
  WindowDriver w = open_demo(kQuick);
  w.click("prompt");
  w.paste("一只可爱的橘色猫咪，坐在窗台上");
  ASSERT_TRUE(
      w.wait([](const json& s) { return s["prompt"] == "一只可爱的橘色猫咪，坐在窗台上"; }));
  w.click("language");
  ASSERT_TRUE(w.wait([](const json& s) { return s["language"] == "zh"; }));
  w.click("theme");
  ASSERT_TRUE(w.wait([](const json& s) { return s["theme"] == "light"; }));
  EXPECT_TRUE(w.running());
}

TEST(Window, AFailureIsABannerThatCanBeDismissed) {
  WindowDriver w = open_demo(kQuick);
  w.click("prompt");
  w.type("fail");
  w.click("preset.768");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 768; }));
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 1 && s["jobs"] == 0; }));
  EXPECT_NE(w.state()["banners"][0].get<std::string>().find("ran out of memory"),
            std::string::npos);
  w.click("banner.0.action");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 512 && s["banners"].empty(); }));
  w.click("generate");
  w.click("banner.0.close");
  ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].empty(); }));
}

TEST(Window, APictureThatWasNotSavedCanBeSavedAgain) {
  WindowDriver w = open_demo({"--step-ms=15", "--save=fails"});
  w.click("example.0");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return idle_with(s, 1); }));
  EXPECT_EQ(w.state()["picture_file"], "");
  EXPECT_FALSE(w.read()["widgets"]["copy_path"]["enabled"].get<bool>());
  w.click("save_again");
  ASSERT_TRUE(w.wait([](const json& s) { return s["picture_file"] != ""; }));
  EXPECT_TRUE(std::filesystem::is_regular_file(w.state()["picture_file"].get<std::string>()));
}

TEST(Window, KeysOnTheCanvasReuseSettingsAndWalkThePictures) {
  WindowDriver w = open_demo(kQuick);
  w.click("example.0");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return idle_with(s, 1); }));
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return idle_with(s, 2); }));
  w.click("canvas");
  w.key("Left");
  ASSERT_TRUE(w.wait([](const json& s) { return s["selected"] == 0; }));
  w.key("s");
  ASSERT_TRUE(w.wait([](const json& s) { return s["seed"] == "42"; }));  // the fake's own choice
  w.key("2");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 768; }));
  w.key("a");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 512; }));
  w.click("strip.1");
  ASSERT_TRUE(w.wait([](const json& s) { return s["selected"] == 1; }));
}

TEST(Window, ExamplesFoldWhenTheFirstPictureIsAskedFor) {
  WindowDriver w = open_demo(kQuick);
  w.click("example.0");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return idle_with(s, 1); }));
  const auto shown = [&](bool wanted) {
    return w.wait([&](const json&) { return w.read()["widgets"].contains("example.0") == wanted; });
  };
  EXPECT_TRUE(shown(false));
  w.click("example.fold");
  EXPECT_TRUE(shown(true));
  w.click("example.fold");
  EXPECT_TRUE(shown(false));
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return idle_with(s, 2); }));
  EXPECT_TRUE(shown(false)) << "stays as it was put";
}

TEST(Window, EscapeLeavesThePromptWithoutUndoingIt) {
  WindowDriver w = open_demo(kQuick);
  w.click("prompt");
  w.type("a long thought");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a long thought"; }));
  w.key("Escape");
  w.click("preset.768");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 768; }));
  EXPECT_EQ(w.state()["prompt"], "a long thought");
}

TEST(Window, BringsBackEarlierPromptsWhileTyping) {
  WindowDriver w = open_demo(kQuick);
  w.click("prompt");
  w.type("one");
  w.key("ctrl+Return");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1; }));
  w.type(" more");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "one more"; }))
      << "the field kept its focus";
  w.key("alt+Up");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "one"; }));
  w.key("alt+Down");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "one more"; }));
}

TEST(Window, ZoomsWithTheWheelAndGoesBackToFit) {
  WindowDriver w = open_demo(kQuick);
  w.click("example.0");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return idle_with(s, 1); }));
  ASSERT_TRUE(w.wait_for_widget("picture"));
  const double fitted = w.read()["widgets"]["picture"]["w"];
  const auto width = [&] { return w.read()["widgets"]["picture"]["w"].get<double>(); };
  w.wheel("canvas", 3);
  ASSERT_TRUE(w.wait([&](const json&) { return width() > 1.5 * fitted; }));
  w.key("Home");
  ASSERT_TRUE(w.wait([&](const json&) { return std::abs(width() - fitted) < 0.5; }));
  w.key("ctrl+1");
  ASSERT_TRUE(w.wait([&](const json&) { return std::abs(width() - 512) < 0.5; }));
}

TEST(Window, WhatCanBePressedShowsAHandAndAnotherColourUnderTheMouse) {
  WindowDriver w = open_demo(kQuick);
  w.hover("canvas");
  ASSERT_TRUE(w.wait([](const json& s) { return s["hand"] == false; }));
  for (const char* const name : {"preset.768", "example.0", "negative.fold", "steps", "queue"}) {
    w.hover(name);
    EXPECT_TRUE(w.wait([](const json& s) { return s["hand"] == true; })) << name;
    w.hover("canvas");
    EXPECT_TRUE(w.wait([](const json& s) { return s["hand"] == false; })) << name;
  }
  const json card = w.read()["widgets"]["preset.768"];
  const int x = static_cast<int>(card["x"].get<double>() + card["w"].get<double>() / 2);
  const int y = static_cast<int>(card["y"].get<double>() + 4);
  const auto at_rest = w.pixel(x, y);
  w.hover("preset.768");
  ASSERT_TRUE(w.wait([](const json& s) { return s["hand"] == true; }));
  EXPECT_NE(w.pixel(x, y), at_rest);
}

TEST(Window, SleepsWhenNothingMoves) {
  WindowDriver w = open_demo(kQuick);
  // Away from anything that shows a tooltip; no field is being edited.
  w.key("Escape");
  w.hover("canvas");
  const auto frames = [&] { return w.state()["frames"].get<long long>(); };
  // A change writes the count of frames. Waking up draws for a second or so, whatever the speed of
  // this machine; after ten seconds of sleep the count must not have grown by more than that.
  w.click("preset.768");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 768; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  w.click("preset.512");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 512; }));
  const long long first = frames();
  std::this_thread::sleep_for(std::chrono::seconds(10));
  w.click("preset.768");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 768; }));
  EXPECT_LT(frames() - first, 200) << "ten seconds at 60 frames a second would be 600";
}

TEST(NoDisplay, IsOneSentenceThatNamesTheWayOut) {
  const std::filesystem::path log =
      std::filesystem::path(testing::TempDir()) / "headroom_no_display.txt";
  const std::string command = "env -u DISPLAY -u WAYLAND_DISPLAY " +
                              test::built_program("gui_demo").string() + " 2>" + log.string();
  EXPECT_NE(std::system(command.c_str()), 0);
  std::ifstream in(log);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(text.find("no display"), std::string::npos) << text;
  EXPECT_NE(text.find("headroom generate"), std::string::npos) << text;
}

}  // namespace
}  // namespace headroom::test
