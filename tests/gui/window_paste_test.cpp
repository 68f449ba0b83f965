// A picture that another program copied, pasted into the window. A real clipboard on gui_demo's
// window.
#include "headroom/image/file_writer.h"
#include "headroom/image/png_writer.h"

#include "support/drawn_texts.h"
#include "support/english.h"
#include "support/paths.h"
#include "support/temp_folder.h"
#include "support/window_driver.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Noise, which no encoder makes smaller: 3 bytes a pixel.
std::string noise_png(int side) {
  Image image{side, side, {}};
  std::uint32_t x = 1;
  for (int i = 0; i < 3 * side * side; ++i)
    image.rgb.push_back(static_cast<std::uint8_t>((x = x * 1664525U + 1013904223U) >> 24U));
  return encode_png(image, {});
}

std::string fox_png() {
  const Image image{64, 64, std::vector<std::uint8_t>(std::size_t{3} * 64 * 64, 120)};
  return encode_png(image, {{"parameters",
                             "a red fox in the snow\nSteps: 12, Sampler: Euler a, CFG scale: 4, "
                             "Seed: 77, Size: 768x512"}});
}

class WindowPaste : public testing::Test {
 protected:
  [[nodiscard]] WindowDriver open(const std::string& language = "en") const {
    return WindowDriver({.program = test::built_program("gui_demo"),
                         .arguments = {"--step-ms=10", "--output={folder}/pictures",
                                       "--session={folder}/session", "--language=" + language},
                         .folder = folder_.path()});
  }
  static bool offers(const WindowDriver& w) {
    if (!w.wait(
            [](const json& s) { return s["offers"].get<std::string>().starts_with("pasted-"); }) ||
        !w.wait_for_widget("offer.close")) {
      return false;
    }
    // It goes to the middle once its size is known.
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    return true;
  }
  static bool says(const WindowDriver& w, const std::string& words) {
    return w.wait([&](const json& s) {
      return !s["banners"].empty() &&
             s["banners"].back().get<std::string>().find(words) != std::string::npos;
    });
  }
  [[nodiscard]] std::string kept() const {
    const fs::path pasted = folder_ / "session/pasted";
    if (!fs::is_directory(pasted)) return {};
    for (const auto& entry : fs::directory_iterator(pasted)) {
      std::ifstream in(entry.path(), std::ios::binary);
      return {std::istreambuf_iterator<char>(in), {}};
    }
    return {};
  }
  const TempFolder folder_;
};

TEST_F(WindowPaste, APictureIsOfferedAsIfItWasDropped) {
  WindowDriver w = open();
  const std::string png = fox_png();
  w.copy(png, "image/png");
  w.click("prompt");
  w.type("my own words");
  w.key("ctrl+v");
  ASSERT_TRUE(offers(w)) << "into a field, too";
  EXPECT_EQ(w.state()["prompt"], "my own words");
  EXPECT_EQ(kept(), png) << "every byte of it";
  w.screenshot("picture_pasted");
  w.click("offer.all");
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["prompt"] == "a red fox in the snow" && s["width"] == 768 && s["steps"] == 12 &&
           s["guidance"] == 3 && s["seed"] == "77" && s["offers"] == "";
  })) << w.state();
  w.click("canvas");
  w.key("ctrl+v");
  ASSERT_TRUE(offers(w)) << "outside of fields";
  w.click("offer.image");
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["start"].get<std::string>().starts_with("pasted-") && s["start_found"] == true;
  })) << w.state();
}

TEST_F(WindowPaste, ALargePictureComesInParts) {
  WindowDriver w = open();
  const std::string png = noise_png(1024);
  ASSERT_GT(png.size(), 3'000'000U) << "more than goes into one answer";
  w.copy(png, "image/png");
  w.click("canvas");
  w.key("ctrl+v");
  ASSERT_TRUE(offers(w));
  EXPECT_EQ(kept(), png);
}

TEST_F(WindowPaste, APictureOfThisWindowCanBePastedIntoIt) {
  WindowDriver w = open();
  w.click("example.0");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
  w.click("copy_picture");
  w.click("prompt");
  w.key("ctrl+v");
  ASSERT_TRUE(offers(w));
  w.key("Escape");
  ASSERT_TRUE(w.wait([](const json& s) { return s["offers"] == ""; }));
  w.click("prompt");
  w.key("ctrl+a");
  w.key("ctrl+c");
  w.key("Right");
  w.key("ctrl+v");
  EXPECT_TRUE(w.wait([](const json& s) {
    return s["prompt"] == "a cute orange cata cute orange cat";
  })) << "its own text, too: "
      << w.state()["prompt"];
}

TEST_F(WindowPaste, WhatCannotBeTakenIsSaidWithTheWayOut) {
  WindowDriver w = open("zh");
  w.click("canvas");
  w.copy("BM and pixels", "image/bmp");
  w.key("ctrl+v");
  EXPECT_TRUE(says(w, "剪贴板上的图片不是 PNG 或 JPEG；请存成其中一种，再把文件拖到这个窗口"));
  w.copy("no picture at all", "image/png");
  w.key("ctrl+v");
  EXPECT_TRUE(says(w, "这不是 PNG、JPEG 或 WebP 图片"));
  for (const json& text : w.read()["texts"]) EXPECT_EQ(english_in(text), "") << text;
  w.screenshot("paste_refused_zh");
  w.copy("something else", "application/x-unknown");
  w.key("ctrl+v");
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_EQ(w.state()["offers"], "") << "nothing that is of any use here";
}

TEST_F(WindowPaste, TextOutsideOfFieldsIsOfferedAsThePromptWithAnUndo) {
  for (const std::string language : {"en", "zh"}) {
    WindowDriver w = open(language);
    w.click("prompt");
    w.key("ctrl+a");
    w.type("my own words");
    w.copy("a few plain words about a cat\n", "UTF8_STRING");
    w.click("canvas");
    w.key("ctrl+v");
    ASSERT_TRUE(
        says(w, language == "en" ? "other text belongs in the prompt" : "其他文字请粘贴到提示词中"))
        << w.state();
    EXPECT_EQ(w.state()["prompt"], "my own words");
    w.screenshot("text_pasted_" + language);
    ASSERT_TRUE(w.wait_for_widget("banner.0.action"));
    w.click("banner.0.action");
    ASSERT_TRUE(w.wait([](const json& s) {
      return s["prompt"] == "a few plain words about a cat" && s["banners"].size() == 1;
    })) << w.state();
    w.click("banner.0.action");
    EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "my own words"; })) << w.state();
    EXPECT_EQ(w.close(10), 0);
  }
}

TEST_F(WindowPaste, AProgramThatDoesNotAnswerHoldsNothingUp) {
  WindowDriver w = open();
  w.click("prompt");
  w.type("before");
  const SilentOwner owner(w.screen());
  w.key("ctrl+v");
  w.type(" and after");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "before and after"; }, 10))
      << w.state();
  EXPECT_TRUE(says(w, "does not answer; save the picture there and drop the file"));
}

}  // namespace
}  // namespace headroom::test
