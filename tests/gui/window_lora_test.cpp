// LoRAs in the prompt and as chips. Real clicks, keys and drags on gui_demo's window.
#include "support/drawn_texts.h"
#include "support/paths.h"
#include "support/temp_folder.h"
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

namespace fs = std::filesystem;
using nlohmann::json;

class WindowLora : public ::testing::Test {
 protected:
  WindowLora() {
    for (const char* const name : {"pen.safetensors", "other.safetensors"})
      std::ofstream(folder_ / name) << "as gui_demo does not read it";
  }
  [[nodiscard]] WindowDriver open(std::vector<std::string> options = {}, int width = 1280,
                                  int height = 800) const {
    options.insert(options.end(),
                   {"--output={folder}/pictures", "--session={folder}/state",
                    "--width=" + std::to_string(width), "--height=" + std::to_string(height)});
    return WindowDriver({.program = test::built_program("gui_demo"),
                         .arguments = std::move(options),
                         .width = width,
                         .height = height,
                         .folder = folder_});
  }
  static void rest() { std::this_thread::sleep_for(std::chrono::milliseconds(500)); }
  static bool prompt_is(const WindowDriver& w, const std::string& prompt) {
    return w.wait([&](const json& s) { return s["prompt"] == prompt; });
  }
  const TempFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

// A demo LoRA needs 200 MiB beside the 3.3 GB of the rest: 3409.5 + 200 MiB are 3.5 GB.
TEST_F(WindowLora, ATagBecomesAChipWhoseControlsWriteThePrompt) {
  WindowDriver w = open();
  w.click("prompt");
  w.type("a fox <lora:ink:0.8>");
  ASSERT_TRUE(w.wait_for_widget("lora.0.strength"));
  ASSERT_TRUE(w.wait_for_words("plan", "3.5")) << w.read()["says"];
  EXPECT_TRUE(wait_for_text(w, "200 MB"));
  w.screenshot("lora");
  w.click("lora.0.strength.value");
  w.key("ctrl+a");
  w.type("0.5");
  w.key("Tab");
  ASSERT_TRUE(prompt_is(w, "a fox <lora:ink:0.5>")) << w.state()["prompt"];
  rest();
  w.click("lora.0.on");
  ASSERT_TRUE(prompt_is(w, "a fox"));
  EXPECT_EQ(w.state()["loras"],
            json::parse(R"([{"name": "ink", "strength": 0.5, "on": false, "found": true}])"));
  ASSERT_TRUE(w.wait_for_words("plan", "3.3"));
  rest();
  w.click("lora.0.on");
  ASSERT_TRUE(prompt_is(w, "a fox <lora:ink:0.5>"));
  rest();
  w.click("lora.0.remove");
  ASSERT_TRUE(prompt_is(w, "a fox"));
  EXPECT_TRUE(w.state()["loras"].empty());
  w.click("canvas");
  w.key("ctrl+z");
  ASSERT_TRUE(prompt_is(w, "a fox <lora:ink:0.5>"));
  w.key("ctrl+z");
  ASSERT_TRUE(prompt_is(w, "a fox"));
  EXPECT_EQ(w.state()["loras"].size(), 1U) << "off again";
}

TEST_F(WindowLora, AFileIsDroppedAndComesBackWithTheSession) {
  {
    WindowDriver w = open();
    w.click("prompt");
    w.type("a fox");
    ASSERT_TRUE(prompt_is(w, "a fox"));
    ASSERT_TRUE(w.drop("canvas", {folder_ / "pen.safetensors"}));
    ASSERT_TRUE(prompt_is(w, "a fox <lora:pen:1>")) << w.state()["prompt"];
    ASSERT_TRUE(w.wait([](const json& s) { return s["can_generate"] == true; }));
    // What does not fit is refused by name and count, and changes nothing.
    ASSERT_TRUE(w.drop("canvas", {folder_ / "other.safetensors"}));
    ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 1; }));
    EXPECT_NE(w.state()["banners"][0].get<std::string>().find("other.safetensors: 3 of 20 keys"),
              std::string::npos);
    EXPECT_EQ(w.state()["prompt"], "a fox <lora:pen:1>");
    w.screenshot("lora_refused");
    EXPECT_EQ(w.close(10), 0);
  }
  WindowDriver w = open();
  ASSERT_TRUE(prompt_is(w, "a fox <lora:pen:1>"));
  EXPECT_TRUE(w.wait([](const json& s) {
    return s["loras"].size() == 1 && s["loras"][0]["found"] == true && s["can_generate"] == true;
  })) << w.state()["loras"];
}

TEST_F(WindowLora, OneThatIsNotThereIsNamedAndNothingStarts) {
  WindowDriver w = open();
  w.click("prompt");
  w.type("a fox <lora:nothing:1>");
  ASSERT_TRUE(w.wait([](const json& s) { return s["loras"].size() == 1; }));
  EXPECT_EQ(w.state()["can_generate"], false);
  EXPECT_NE(w.state()["reason"].get<std::string>().find("The LoRA nothing is not there"),
            std::string::npos)
      << w.state()["reason"];
  EXPECT_TRUE(w.wait_for_widget("lora.0.remove"));
  w.screenshot("lora_missing");
  w.click("lora.0.remove");
  EXPECT_TRUE(
      w.wait([](const json& s) { return s["prompt"] == "a fox" && s["can_generate"] == true; }));
}

TEST_F(WindowLora, APicturesSettingsBringItBack) {
  WindowDriver w = open({"--step-ms=5"});
  w.click("prompt");
  w.type("a fox <lora:ink:0.8>");
  ASSERT_TRUE(w.wait_for_widget("lora.0.remove"));
  rest();
  w.key("ctrl+Return");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["running"] == false; }));
  rest();
  w.click("lora.0.remove");
  ASSERT_TRUE(prompt_is(w, "a fox"));
  w.click("use_settings");
  ASSERT_TRUE(prompt_is(w, "a fox <lora:ink:0.8>"));
  EXPECT_TRUE(w.wait_for_widget("lora.0.strength"));
}

TEST_F(WindowLora, ManyFoldAndEveryLayoutHasThem) {
  struct Look {
    int width, height;
    const char* language;
    const char* theme;
  };
  for (const Look& look : {Look{1280, 800, "en", "dark"}, Look{1000, 640, "zh", "light"},
                           Look{1280, 800, "zh", "light"}, Look{640, 1000, "en", "light"}}) {
    WindowDriver w =
        open({"--language=" + std::string(look.language), "--theme=" + std::string(look.theme)},
             look.width, look.height);
    if (w.state()["prompt"] == "") {
      w.click("prompt");
      w.type(
          "a fox <lora:ink:0.8> <lora:chalk:0.3> <lora:wash:-1> <lora:ink:0.1> <lora:nothing:1>");
    }
    ASSERT_TRUE(w.wait_for_widget("lora.0.strength"));
    ASSERT_TRUE(w.wait([](const json& s) { return s["loras"].size() == 5; }));
    rest();
    w.screenshot("lora_" + std::to_string(look.width) + "_" + look.language);
    EXPECT_FALSE(w.read()["widgets"].contains("lora.3"));
    EXPECT_TRUE(w.read()["widgets"].contains("lora.4.remove")) << "it is not there, which shows";
    w.click("lora.more");
    rest();
    EXPECT_FALSE(w.read()["widgets"].contains("lora.more"));
    EXPECT_EQ(w.close(10), 0);
  }
}

}  // namespace
}  // namespace headroom::test
