// The picture that the next one starts from. Real clicks, keys and drags on gui_demo's window.
#include "headroom/image/file_writer.h"
#include "headroom/image/png_writer.h"

#include "support/drawn_texts.h"
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

class WindowStart : public ::testing::Test {
 protected:
  WindowStart() {
    Image image{600, 400, {}};
    for (int y = 0; y < 400; ++y) {
      for (int x = 0; x < 600; ++x) {
        const int stripe = (x / 50 + y / 50) % 2;
        image.rgb.push_back(static_cast<std::uint8_t>(stripe == 0 ? 230 : 40));
        image.rgb.push_back(static_cast<std::uint8_t>(x * 255 / 600));
        image.rgb.push_back(static_cast<std::uint8_t>(y * 255 / 400));
      }
    }
    write_new_file(source(), encode_png(image, {}));
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
  [[nodiscard]] fs::path source() const { return folder_ / "checks.png"; }
  static void rest() { std::this_thread::sleep_for(std::chrono::milliseconds(500)); }
  // Drops the picture and takes it as the start.
  void take(WindowDriver& w) const {
    ASSERT_TRUE(w.drop("canvas", {source()}));
    ASSERT_TRUE(w.wait_for_widget("offer.image"));
    rest();
    w.click("offer.image");
    ASSERT_TRUE(w.wait([](const json& s) { return s["start"] == "checks.png"; })) << w.state();
  }
  static void write_prompt(WindowDriver& w, const std::string& text) {
    w.click("prompt");
    w.type(text);
    ASSERT_TRUE(w.wait([&](const json& s) { return s["prompt"] == text; }));
  }
  static bool finished(const WindowDriver& w, int pictures) {
    return w.wait([&](const json& s) { return s["pictures"] == pictures && s["running"] == false; },
                  60);
  }
  [[nodiscard]] static std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  const TempFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

// What gui_demo's plans say: 3 GiB of weights and 1200 B a pixel to denoise, each and an eighth
// more; from a picture, 3.25 GiB and 2400 B a pixel. Sixteen steps of 0.3 s, of which a strength of
// 0.6 leaves ten and one of 0.2 four; 1.2 s for the rest, and 0.3 s for the picture.
TEST_F(WindowStart, NeedAndSecondsFollowThePictureAndItsStrength) {
  WindowDriver w = open();
  write_prompt(w, "a red fox");
  ASSERT_TRUE(w.wait_for_words("plan", "3.3"));
  ASSERT_TRUE(w.wait_for_words("plan", "6 s"));
  take(w);
  ASSERT_TRUE(w.wait_for_words("plan", "3.9")) << w.read()["says"];
  ASSERT_TRUE(w.wait_for_words("plan", "5 s")) << w.read()["says"];
  EXPECT_TRUE(wait_for_text(w, "600×400 px, cut to the shape"));
  w.screenshot("start");
  w.click("strength.value");
  w.key("ctrl+a");
  w.type("0.2");
  w.key("Tab");
  ASSERT_TRUE(w.wait([](const json& s) { return s["strength"] == 0.2; }));
  ASSERT_TRUE(w.wait_for_words("plan", "3 s"));
  w.click("start.remove");
  ASSERT_TRUE(w.wait([](const json& s) { return s["start"] == ""; }));
  ASSERT_TRUE(w.wait_for_words("plan", "6 s"));
  w.click("canvas");
  w.key("ctrl+z");
  ASSERT_TRUE(w.wait([](const json& s) { return s["start"] == "checks.png"; }));
  w.key("ctrl+z");
  ASSERT_TRUE(w.wait([](const json& s) { return s["strength"] == 0.6; }));
  w.key("ctrl+z");
  EXPECT_TRUE(w.wait([](const json& s) { return s["start"] == ""; }));
  w.key("ctrl+y");
  EXPECT_TRUE(w.wait([](const json& s) { return s["start"] == "checks.png"; }));
}

TEST_F(WindowStart, TheShownPictureIsTakenAndTheNextOneRecordsIt) {
  WindowDriver w = open({"--step-ms=5"});
  write_prompt(w, "a red fox");
  w.key("ctrl+Return");
  ASSERT_TRUE(finished(w, 1));
  const fs::path first = w.state()["picture_file"].get<std::string>();
  w.click("use_image");
  ASSERT_TRUE(w.wait([&](const json& s) { return s["start"] == first.filename().string(); }));
  EXPECT_FALSE(wait_for_text(w, "cut to the shape", 1)) << "it has the size";
  w.screenshot("start_from_shown");
  rest();
  w.key("ctrl+Return");
  ASSERT_TRUE(finished(w, 2));
  EXPECT_TRUE(w.wait_for_words("value.picture.start", first.filename().string() + " · 0.6"));
  w.screenshot("started_from");
  const std::string made = bytes_of(w.state()["picture_file"].get<std::string>());
  EXPECT_NE(made.find("\"init_image\":{\"file\":\"" + first.filename().string()), made.npos);
  EXPECT_NE(made.find("\"strength\":0.6"), made.npos);
  // Its settings bring the start back, and the settings of the first take it away.
  w.click("start.remove");
  ASSERT_TRUE(w.wait([](const json& s) { return s["start"] == ""; }));
  w.click("strip.1");
  w.key("u");
  ASSERT_TRUE(w.wait([&](const json& s) { return s["start"] != "" && s["selected"] == 1; }));
  EXPECT_NE(w.state()["start"], first.filename().string()) << "the second, by its key";
  w.click("use_settings");
  ASSERT_TRUE(w.wait([&](const json& s) { return s["start"] == first.filename().string(); }));
  w.click("strip.0");
  ASSERT_TRUE(w.wait([](const json& s) { return s["selected"] == 0; }));
  w.click("use_settings");
  EXPECT_TRUE(w.wait([](const json& s) { return s["start"] == ""; }));
}

TEST_F(WindowStart, ComesBackWithTheSessionAndOneThatIsGoneIsNamed) {
  {
    WindowDriver w = open();
    write_prompt(w, "a red fox");
    take(w);
    EXPECT_EQ(w.close(10), 0);
  }
  {
    WindowDriver w = open();
    EXPECT_TRUE(w.wait([](const json& s) { return s["start"] == "checks.png"; }));
    EXPECT_EQ(w.state()["start_found"], true);
    EXPECT_EQ(w.close(10), 0);
  }
  fs::rename(source(), folder_ / "away.png");
  WindowDriver w = open();
  ASSERT_TRUE(w.wait([](const json& s) { return s["start"] == "checks.png"; }));
  EXPECT_EQ(w.state()["start_found"], false);
  EXPECT_EQ(w.state()["prompt"], "a red fox");
  EXPECT_EQ(w.state()["banners"][0],
            "checks.png, which pictures start from here, is not there any more.");
  EXPECT_EQ(w.state()["reason"],
            "checks.png, which the picture starts from, is not there; bring it back or remove it.");
  w.screenshot("start_gone");
  w.click("start.again");
  rest();
  EXPECT_EQ(w.state()["start_found"], false);
  fs::rename(folder_ / "away.png", source());
  w.click("start.again");
  EXPECT_TRUE(w.wait([](const json& s) { return s["start_found"] == true && s["reason"] == ""; }));
}

TEST_F(WindowStart, JobsThatWaitKeepIt) {
  {
    WindowDriver w = open({"--step-ms=1000"});
    write_prompt(w, "a red fox");
    take(w);
    w.click("generate");
    ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
    w.ask_to_close();
    ASSERT_TRUE(w.wait_for_widget("close.now"));
    rest();
    w.click("close.now");
    ASSERT_EQ(w.wait_for_exit(20), 0);
  }
  fs::rename(source(), folder_ / "away.png");
  WindowDriver w = open({"--step-ms=5"});
  ASSERT_TRUE(w.wait([](const json& s) { return s["offered"] == 1; }));
  const auto queue_it = [&] {
    ASSERT_TRUE(w.wait_for_widget("banner.0.action"));
    rest();
    w.click("banner.0.action");
  };
  queue_it();
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["banners"].back().template get<std::string>().find("checks.png") != std::string::npos;
  })) << w.state()["banners"];
  EXPECT_EQ(w.state()["offered"], 1) << "it is not lost";
  w.screenshot("start_of_job_gone");
  fs::rename(folder_ / "away.png", source());
  rest();
  queue_it();
  ASSERT_TRUE(finished(w, 1)) << w.state();
  const std::string made = bytes_of(w.state()["picture_file"].get<std::string>());
  EXPECT_NE(made.find("\"init_image\":{\"file\":\"checks.png\""), made.npos);
}

TEST_F(WindowStart, APictureWithoutPixelsIsRefusedByName) {
  const Image image{64, 64, std::vector<std::uint8_t>(std::size_t{3} * 64 * 64, 120)};
  write_new_file(folder_ / "cut.png", encode_png(image, {{"parameters", "a fox\nSteps: 12"}}));
  fs::resize_file(folder_ / "cut.png", fs::file_size(folder_ / "cut.png") - 15);
  WindowDriver w = open();
  ASSERT_TRUE(w.drop("canvas", {folder_ / "cut.png"}));
  ASSERT_TRUE(w.wait_for_widget("offer.image"));
  rest();
  w.click("offer.image");
  ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 1; }));
  EXPECT_NE(w.state()["banners"][0].get<std::string>().find("cut.png"), std::string::npos);
  EXPECT_EQ(w.state()["start"], "");
}

// All layouts and both languages and themes, to be looked at; the chip is always in view.
TEST_F(WindowStart, IsInViewInEveryLayout) {
  struct Look {
    int width, height;
    const char* language;
    const char* theme;
  };
  for (const Look& look : {Look{1000, 640, "en", "dark"}, Look{1000, 640, "zh", "light"},
                           Look{1280, 800, "zh", "light"}, Look{640, 1000, "en", "light"},
                           Look{640, 1000, "zh", "dark"}}) {
    const std::string name = "start_" + std::to_string(look.width) + "_" + look.language;
    WindowDriver w = open({"--step-ms=5", "--language=" + std::string(look.language),
                           "--theme=" + std::string(look.theme)},
                          look.width, look.height);
    if (w.state()["start"] == "") {
      write_prompt(w, "a red fox");
      w.key("ctrl+Return");
      ASSERT_TRUE(finished(w, 1));
      take(w);
    }
    ASSERT_TRUE(w.wait_for_widget("start.remove")) << name;
    ASSERT_TRUE(w.wait_for_widget("strength.value")) << name;
    rest();
    w.screenshot(name);
    EXPECT_EQ(w.close(10), 0);
  }
}

}  // namespace
}  // namespace headroom::test
