// A picture dropped on the window, or pasted as a file. Real drags (XDND) and a real clipboard on
// gui_demo's window.
#include "headroom/image/file_writer.h"
#include "headroom/image/png_writer.h"

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

class WindowOffer : public ::testing::Test {
 protected:
  WindowOffer() {
    Image image{64, 64, std::vector<std::uint8_t>(std::size_t{3} * 64 * 64, 120)};
    write_new_file(picture(), encode_png(image, {{"parameters",
                                                  "a red fox in the snow\n"
                                                  "Negative prompt: blurry\n"
                                                  "Steps: 12, Sampler: Euler a, CFG scale: 4, "
                                                  "Seed: 77, Size: 768x512, Clip skip: 2"}}));
    write_new_file(folder_ / "plain.png", encode_png(image, {}));
    std::ofstream(folder_ / "letter.txt") << "Dear fox,";
  }
  [[nodiscard]] WindowDriver open(const std::string& language = "en",
                                  const std::string& theme = "dark") const {
    return WindowDriver(
        {.program = test::built_program("gui_demo"),
         .arguments = {"--output={folder}/pictures", "--language=" + language, "--theme=" + theme},
         .folder = folder_});
  }
  // Of another program, with a name that a URI must encode.
  [[nodiscard]] fs::path picture() const { return folder_ / "a fox 狐.png"; }
  static bool offers(const WindowDriver& window) {
    if (!window.wait([](const json& s) { return s["offers"] == "a fox 狐.png"; }) ||
        !window.wait_for_widget("offer.close")) {
      return false;
    }
    // It goes to the middle once its size is known.
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    return true;
  }
  const TempFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

TEST_F(WindowOffer, ADroppedPictureOffersAllAndOneUndoTakesItBack) {
  WindowDriver w = open();
  w.click("prompt");
  w.type("my own words");
  ASSERT_TRUE(w.drop("canvas", {picture()}));
  ASSERT_TRUE(offers(w));
  EXPECT_TRUE(wait_for_text(w, "Sampler: Euler a")) << "what was not understood";
  EXPECT_TRUE(wait_for_text(w, "Clip skip: 2"));
  EXPECT_TRUE(wait_for_text(w, "768×512"));
  EXPECT_TRUE(wait_for_text(w, "Negative prompt: blurry"));
  w.screenshot("offer");
  w.click("offer.all");
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["prompt"] == "a red fox in the snow" && s["width"] == 768 && s["height"] == 512 &&
           s["steps"] == 12 && s["guidance"] == 3 && s["seed"] == "77" && s["offers"] == "";
  })) << w.state();
  w.click("banner.0.action");
  EXPECT_TRUE(w.wait([](const json& s) {
    return s["prompt"] == "my own words" && s["width"] == 512 && s["steps"] == 16 &&
           s["seed"] == "";
  })) << w.state();
}

// A download that broke off behind its text; what is wrong is said in the window's language.
TEST_F(WindowOffer, ACutPictureOffersWhatItSaid) {
  fs::resize_file(picture(), fs::file_size(picture()) - 15);
  WindowDriver w = open("zh");
  ASSERT_TRUE(w.drop("canvas", {picture()}));
  ASSERT_TRUE(offers(w));
  EXPECT_TRUE(wait_for_text(w, "图片不完整，像素已损坏"));
  w.screenshot("offer_of_a_cut_picture");
  w.click("offer.prompt");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a red fox in the snow"; }));
}

TEST_F(WindowOffer, OnlyThePromptOrOnlyTheSeedIsTaken) {
  WindowDriver w = open("zh", "light");
  ASSERT_TRUE(w.drop("prompt", {picture()}));
  ASSERT_TRUE(offers(w));
  w.screenshot("offer_zh_light");
  w.click("offer.seed");
  ASSERT_TRUE(w.wait([](const json& s) { return s["seed"] == "77" && s["prompt"] == ""; }));
  ASSERT_TRUE(w.drop("canvas", {picture()}));
  ASSERT_TRUE(offers(w));
  w.click("offer.prompt");
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["prompt"] == "a red fox in the snow" && s["steps"] == 16 && s["width"] == 512;
  }));
  ASSERT_TRUE(w.drop("canvas", {picture()}));
  ASSERT_TRUE(offers(w));
  w.key("Escape");
  EXPECT_TRUE(w.wait([](const json& s) { return s["offers"] == ""; }));
}

TEST_F(WindowOffer, AFilePastedIntoThePromptIsNoText) {
  WindowDriver w = open();
  w.click("prompt");
  w.type("my own words");
  w.copy("file://" + (folder_ / "a%20fox%20%E7%8B%90.png").string() + "\r\n", "text/uri-list");
  w.key("ctrl+v");
  ASSERT_TRUE(offers(w));
  EXPECT_EQ(w.state()["prompt"], "my own words");
  w.key("Escape");
  ASSERT_TRUE(w.wait([](const json& s) { return s["offers"] == ""; }));
  w.click("canvas");
  w.key("ctrl+v");
  EXPECT_TRUE(offers(w)) << "outside of fields, too";
}

TEST_F(WindowOffer, WhatIsNoPictureAndWhatTellsNothingIsSaidInOneSentence) {
  WindowDriver w = open();
  ASSERT_TRUE(w.drop("canvas", {folder_ / "letter.txt"}));
  ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 1; }));
  EXPECT_TRUE(w.state()["banners"][0].get<std::string>().ends_with(
      "letter.txt: this is not a PNG, JPEG or WebP picture; choose one of these."));
  w.screenshot("offer_refused");
  ASSERT_TRUE(w.drop("canvas", {folder_ / "plain.png"}));
  ASSERT_TRUE(w.wait([](const json& s) { return s["offers"] == "plain.png"; }));
  EXPECT_TRUE(wait_for_text(w, "plain.png says nothing of how it was made."));
  ASSERT_TRUE(w.wait_for_widget("offer.image"));
  EXPECT_FALSE(w.read()["widgets"].contains("offer.all"));
  w.screenshot("offer_of_pixels_alone");
  w.key("Escape");
  EXPECT_TRUE(w.wait([](const json& s) { return s["offers"] == "" && s["start"] == ""; }));
}

// As web pages of pictures copy them.
TEST_F(WindowOffer, SettingsCopiedAsTextAreOfferedAndOneUndoTakesThemBack) {
  WindowDriver w = open();
  w.click("prompt");
  w.type("my own words");
  w.copy(
      "a lighthouse\nNegative prompt: blurry\nSteps: 24, Sampler: Euler, CFG scale: 3, Seed: 4242",
      "UTF8_STRING");
  w.click("canvas");
  w.key("ctrl+v");
  ASSERT_TRUE(w.wait_for_widget("offer.all"));
  EXPECT_TRUE(wait_for_text(w, "Settings on the clipboard"));
  EXPECT_TRUE(wait_for_text(w, "Sampler: Euler"));
  EXPECT_FALSE(w.read()["widgets"].contains("offer.image"));
  w.screenshot("offer_of_text");
  w.click("offer.all");
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["prompt"] == "a lighthouse" && s["steps"] == 24 && s["seed"] == "4242";
  })) << w.state();
  w.click("banner.0.action");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "my own words"; }));
}

constexpr const char* kSettingsText =
    "a lighthouse\nNegative prompt: blurry\nSteps: 24, Sampler: Euler, CFG scale: 3, Seed: 4242";

// A field takes what is pasted; its settings are offered besides.
TEST_F(WindowOffer, SettingsPastedIntoThePromptStandThereAndAreOffered) {
  for (const std::string language : {"en", "zh"}) {
    WindowDriver w = open(language);
    const std::string pasted = std::string("mine ") + kSettingsText;
    const auto is = [&](const std::string& prompt) {
      return w.wait([&](const json& s) { return s["prompt"] == prompt; }, 5);
    };
    const auto paste = [&](const char* keys) {
      w.key(keys);
      return w.wait_for_widget("offer.all", 5);
    };
    w.click("prompt");
    w.type("mine ");
    w.copy(kSettingsText, "UTF8_STRING");
    ASSERT_TRUE(paste("ctrl+v"));
    EXPECT_EQ(w.state()["prompt"], pasted);
    w.key("space");
    w.screenshot("offer_in_the_prompt_" + language);
    EXPECT_TRUE(w.read()["widgets"].contains("offer.all")) << "who goes on typing takes nothing";
    w.key("Escape");
    ASSERT_TRUE(w.wait([&](const json& s) {
      return !w.read()["widgets"].contains("offer.all") && s["editing"] == true;
    })) << "typing goes on";
    EXPECT_EQ(w.state()["prompt"], pasted);
    w.key("ctrl+z");
    EXPECT_TRUE(is("mine "));
    ASSERT_TRUE(paste("shift+Insert"));
    w.click("offer.all");
    ASSERT_TRUE(w.wait([](const json& s) {
      return s["prompt"] == "a lighthouse" && s["steps"] == 24 && s["seed"] == "4242" &&
             s["editing"] == true;
    })) << w.state();
    w.key("ctrl+z");
    EXPECT_TRUE(w.wait([&](const json& s) {
      return s["prompt"] == pasted && s["steps"] == 16 && s["seed"] == "";
    })) << w.state();
    w.key("ctrl+z");
    EXPECT_TRUE(is("mine ")) << w.state()["prompt"];
    w.key("ctrl+z");
    EXPECT_TRUE(is("")) << w.state()["prompt"];
  }
}

TEST_F(WindowOffer, OrdinaryTextPastedIntoThePromptIsOnlyText) {
  WindowDriver w = open();
  w.click("prompt");
  std::string all;
  for (const char* const text :
       {"a fox, (red:1.2), ", "Steps: to a castle. ", "Size: large, Model: of fashion. "}) {
    w.copy(text, "UTF8_STRING");
    w.key("ctrl+v");
    all += text;
    ASSERT_TRUE(w.wait([&](const json& s) { return s["prompt"] == all; })) << w.state()["prompt"];
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_FALSE(w.read()["widgets"].contains("offer.close"));
  w.copy(kSettingsText, "UTF8_STRING");
  w.click("negative.fold");
  w.click("negative");
  w.key("ctrl+v");
  ASSERT_TRUE(w.wait_for_widget("offer.all")) << "the other prompt's field is one, too";
  w.click("offer.seed");
  EXPECT_TRUE(w.wait([](const json& s) { return s["seed"] == "4242" && s["steps"] == 16; }));
  EXPECT_EQ(w.state()["prompt"], all);
}

TEST_F(WindowOffer, APathOfWhatIsNoPicturePastedOnTheCanvasIsAnswered) {
  WindowDriver w = open();
  std::string answer;
  for (const char* const name : {"letter.txt", "gone.txt", ""}) {
    w.click("canvas");
    w.copy((folder_ / name).string(), "UTF8_STRING");
    w.key("ctrl+v");
    ASSERT_TRUE(w.wait([&](const json& s) {
      return !s["banners"].empty() && s["banners"].back() != answer;
    })) << name;
    answer = w.state()["banners"].back();
    EXPECT_NE(answer.find(*name != '\0' ? name : folder_.c_str()), std::string::npos) << answer;
  }
  w.screenshot("paths_answered");
}

}  // namespace
}  // namespace headroom::test
