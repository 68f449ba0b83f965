// Another model, device and number format while the window is open. Real clicks on gui_demo's
// window, which has a model of each kind: see its demo_offers().
#include "support/paths.h"
#include "support/temp_folder.h"
#include "support/window_driver.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

class WindowModel : public ::testing::Test {
 protected:
  [[nodiscard]] WindowDriver open(std::vector<std::string> options, int width = 1280,
                                  int height = 800) const {
    options.insert(options.end(), {"--output={folder}/pictures", "--width=" + std::to_string(width),
                                   "--height=" + std::to_string(height)});
    return WindowDriver({.program = test::built_program("gui_demo"),
                         .arguments = std::move(options),
                         .width = width,
                         .height = height,
                         .folder = temporary_.path()});
  }
  // Opens the list, waits until all models are found, and chooses the one at `row`.
  static void choose(WindowDriver& w, int row) {
    w.click("model");
    ASSERT_TRUE(w.wait([](const json& s) { return s["models"].size() == 5; }));
    ASSERT_TRUE(w.wait_for_widget("model." + std::to_string(row)));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));  // rows find their places
    w.click("model." + std::to_string(row));
  }
  static bool is_told(WindowDriver& w, const std::string& part) {
    return w.wait([&](const json& s) {
      return std::ranges::any_of(s["banners"], [&](const json& banner) {
        return banner.get<std::string>().find(part) != std::string::npos;
      });
    });
  }
  const TempFolder temporary_;
};

TEST_F(WindowModel, IsChosenFromTheListAndItsSettingsCanBeTakenBack) {
  WindowDriver w = open({});
  w.click("prompt");
  w.type("a lighthouse");
  w.click("preset.9:16");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 576; }));
  w.click("model");
  ASSERT_TRUE(w.wait([](const json& s) { return s["models"].size() == 5; }));
  w.screenshot("models_dark");
  w.key("Escape");
  choose(w, 1);
  ASSERT_TRUE(w.wait([](const json& s) { return s["model"] == "Z-Image-Turbo"; }));
  ASSERT_TRUE(w.wait([](const json& s) { return s["steps"] == 8 && s["guidance"] == 0; }));
  EXPECT_EQ(w.state()["width"], 640) << "its sizes are multiples of 128";
  EXPECT_EQ(w.state()["prompt"], "a lighthouse");
  EXPECT_TRUE(is_told(w, "8 steps, guidance 0, 640×1024. What"));
  w.screenshot("model_changed");
  w.click("banner.0.action");
  ASSERT_TRUE(w.wait([](const json& s) { return s["steps"] == 16 && s["guidance"] == 2; }));
  EXPECT_EQ(w.state()["width"], 640) << "576 cannot come back with this model";
  EXPECT_EQ(w.state()["prompt"], "a lighthouse");
  w.key("ctrl+Return");
  EXPECT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
  w.click("model");
  ASSERT_TRUE(w.wait_for_widget("model.0"));
  w.click("model.0");
  EXPECT_TRUE(w.wait([](const json& s) { return s["model"] == "Z-Image-Tiny"; }));
  EXPECT_EQ(w.state()["pictures"], 1);
}

TEST_F(WindowModel, FindingModelsBlocksNoFrame) {
  WindowDriver w = open({"--look-ms=700"});
  w.click("model");
  ASSERT_TRUE(w.wait([](const json& s) { return s["models"].size() == 1; }));
  EXPECT_TRUE(w.wait_for_widget("model.other")) << "the list is there while they are looked for";
  w.screenshot("models_looking");
  w.key("Escape");
  w.click("prompt");
  w.type("quick");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "quick"; }, 1.5));
  EXPECT_LT(w.state()["models"].size(), 5U) << "typed while it looked";
  EXPECT_TRUE(w.wait([](const json& s) { return s["models"].size() == 5; }));
}

// Where each row of the menu lies, by what it says, and the buttons below them.
std::map<std::string, std::pair<int, int>> places_in_menu(const WindowDriver& w) {
  std::map<std::string, std::pair<int, int>> places;
  const json dump = w.read();
  for (const auto& [name, place] : dump["widgets"].items()) {
    const bool is_row = name.starts_with("model.") && dump["says"].contains(name);
    if (!is_row && name != "models.all" && name != "model.other" && !name.starts_with("format."))
      continue;
    const std::string said = is_row ? dump["says"][name].get<std::string>() : name;
    places[said] = {place["x"].get<int>(), place["y"].get<int>()};
  }
  return places;
}

TEST_F(WindowModel, NothingOfTheListMovesUnderTheMouseWhileModelsArrive) {
  const std::filesystem::path hold = temporary_.path() / "hold";
  WindowDriver w = open({"--look-file=" + hold.string(), "--models=many"});
  // The model in use is found last.
  w.click("model");
  ASSERT_TRUE(w.wait([](const json& s) { return s["looking"] == false; }));
  w.click("models.all");
  ASSERT_TRUE(w.wait_for_widget("models.filter"));
  ASSERT_TRUE(w.wait([](const json& s) { return s["looking"] == false; }));
  w.type("tuned-8");
  w.click("models.13");
  ASSERT_TRUE(w.wait([](const json& s) { return s["model_path"] == "tuned-8"; }));
  // Another number format: what was found is no answer any more.
  w.click("model");
  w.click("format.bf16");
  ASSERT_TRUE(w.wait([](const json& s) { return s["dtype"] == "bf16"; }));
  std::ofstream(hold) << "two models and no more";
  w.click("model");
  ASSERT_TRUE(w.wait([](const json& s) { return s["models"].size() == 2; }));
  ASSERT_TRUE(w.wait_for_widget("model.2"));
  w.hover("model.1");
  const auto before = places_in_menu(w);
  ASSERT_EQ(before.size(), 3U + 4U + 2U) << "what is in use is there before it is found";
  w.screenshot("models_menu_arriving");
  std::filesystem::remove(hold);
  ASSERT_TRUE(w.wait([&](const json& s) {
    for (const auto& [said, place] : before) {
      const auto now = places_in_menu(w);
      EXPECT_TRUE(now.contains(said)) << said;
      if (!now.contains(said)) continue;
      EXPECT_EQ(now.at(said), place) << said;
    }
    return s["looking"] == false || HasFailure();
  }));
  w.screenshot("models_menu_arrived");
  w.hover("model");  // beside the list, which has room for all of them then
  ASSERT_TRUE(w.wait_for_widget("model.5"));
  const auto after = places_in_menu(w);
  for (const auto& [said, place] : before) {
    if (said == "models.all" || said == "model.other" || said.starts_with("format.")) continue;
    EXPECT_EQ(after.at(said), place) << said;
  }
  // What the click was meant for.
  w.click("model.1");
  EXPECT_TRUE(w.wait([](const json& s) { return s["model"] == "Z-Image-Tiny"; }));
}

TEST_F(WindowModel, OneThatFailsIsToldAndTheOldOneWorksOn) {
  for (const char* const language : {"en", "zh"}) {
    WindowDriver w = open({"--language=" + std::string(language), "--step-ms=5"});
    const bool english = std::string(language) == "en";
    choose(w, 3);  // cannot be opened
    EXPECT_TRUE(is_told(w, english ? "the disk is full" : "磁盘已满"));
    w.screenshot("model_broken_" + std::string(language));
    choose(w, 4);  // opens, and its generator cannot be made
    // The fake's fault has no words in Chinese: its kind is told.
    EXPECT_TRUE(is_told(w, english ? "hollow has a hole" : "模型的文件有问题"));
    w.screenshot("model_hollow_" + std::string(language));
    EXPECT_EQ(w.state()["model"], "Z-Image-Tiny");
    EXPECT_EQ(w.state()["change"], "");
    w.click("example.0");
    w.click("generate");
    EXPECT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
    EXPECT_EQ(w.close(10), 0);
  }
}

TEST_F(WindowModel, WaitsForTheRunningJobAndTheWaitingOnesSurvive) {
  for (const char* const language : {"en", "zh"}) {
    WindowDriver w = open({"--language=" + std::string(language), "--step-ms=250"});
    w.click("prompt");
    w.type("first");
    w.key("ctrl+Return");
    ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
    w.key("ctrl+a");
    w.type("second");
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    w.key("ctrl+Return");
    ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 2; }));
    choose(w, 1);
    ASSERT_TRUE(w.wait([](const json& s) { return s["change"] == "turbo"; }));
    EXPECT_TRUE(is_told(w, "turbo"));
    w.screenshot("model_waits_" + std::string(language));
    EXPECT_EQ(w.state()["model"], "Z-Image-Tiny");
    // Kept, and then chosen all the same.
    w.click("banner.0.action");
    ASSERT_TRUE(w.wait([](const json& s) { return s["change"] == "" && s["banners"].empty(); }));
    choose(w, 1);
    ASSERT_TRUE(w.wait([](const json& s) { return s["change"] == "turbo"; }));
    EXPECT_TRUE(
        w.wait([](const json& s) { return s["model"] == "Z-Image-Turbo" && s["pictures"] == 1; }));
    EXPECT_TRUE(w.wait([](const json& s) { return s["pictures"] == 2 && s["jobs"] == 0; }));
    EXPECT_EQ(w.state()["prompt"], "second");
    EXPECT_EQ(w.close(10), 0);
  }
}

TEST_F(WindowModel, NumberFormatAndDeviceAreChosenToo) {
  WindowDriver w = open({"--source=NVML"});
  w.click("model");
  ASSERT_TRUE(w.wait_for_widget("format.bf16"));
  ASSERT_TRUE(w.wait([](const json& s) { return s["looking"] == false; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // rows find their places
  w.click("format.bf16");
  ASSERT_TRUE(w.wait([](const json& s) { return s["dtype"] == "bf16"; }));
  EXPECT_TRUE(is_told(w, "Now with Starter model (bf16, RTX 3060 Laptop)."));
  w.click("device");
  ASSERT_TRUE(w.wait_for_widget("device.cpu"));
  w.screenshot("devices_dark");
  w.click("device.cpu");
  ASSERT_TRUE(w.wait([](const json& s) { return s["device"] == "cpu"; }));
  EXPECT_EQ(w.state()["dtype"], "bf16") << "each is chosen for itself";
  EXPECT_EQ(w.state()["steps"], 16);
}

TEST_F(WindowModel, APathIsTypedWhereTheListHasItNot) {
  WindowDriver w = open({});
  w.click("model");
  ASSERT_TRUE(w.wait_for_widget("model.other"));
  // What stands below the models moves until all are there.
  ASSERT_TRUE(w.wait([](const json& s) { return s["looking"] == false; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // rows find their places
  w.click("model.other");
  ASSERT_TRUE(w.wait([](const json& s) { return s["editing"] == true; }));
  w.type("/home/you/broken");
  w.key("Return");
  ASSERT_TRUE(w.wait_for_widget("model.folder"));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const json texts = w.read()["texts"];
  EXPECT_TRUE(std::ranges::any_of(texts, [](const json& text) {
    return text.get<std::string>().find("/home/you/broken") != std::string::npos;
  })) << "why not, below the field";
  EXPECT_TRUE(w.state()["banners"].empty());
  w.screenshot("model_path_refused");
  w.click("model.folder");
  w.key("ctrl+a");
  w.type("/home/you/turbo");
  w.key("Return");
  EXPECT_TRUE(w.wait([](const json& s) { return s["model"] == "Z-Image-Turbo"; }));
  EXPECT_FALSE(w.read()["widgets"].contains("model.folder"));
}

TEST_F(WindowModel, ListsLookWellInSmallAndLightWindows) {
  {
    WindowDriver w = open({"--theme=light", "--language=zh"}, 1000, 640);
    w.click("model");
    ASSERT_TRUE(w.wait([](const json& s) { return s["models"].size() == 5; }));
    ASSERT_TRUE(w.wait_for_widget("model.other"));
    const json button = w.read()["widgets"]["model.other"];
    EXPECT_LE(button["y"].get<int>() + button["h"].get<int>(), 640);
    w.screenshot("models_light_1000_zh");
  }
  WindowDriver w = open({"--theme=light"});
  w.click("model");
  ASSERT_TRUE(w.wait([](const json& s) { return s["models"].size() == 5; }));
  w.screenshot("models_light");
}

}  // namespace
}  // namespace headroom::test
