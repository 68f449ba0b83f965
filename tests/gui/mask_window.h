#pragma once
#include "headroom/image/file_writer.h"
#include "headroom/image/png_writer.h"

#include "support/temp_folder.h"
#include "support/window_driver.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {

// gui_demo's window with pictures to start from and a hand that paints on them.
class WindowMask : public ::testing::Test {
 protected:
  WindowMask() {
    write_picture("checks.png", 512, 512);
    write_picture("wide.png", 600, 400);
  }
  void write_picture(const std::string& name, int width, int height) const {
    Image image{width, height, {}};
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const int stripe = (x / 50 + y / 50) % 2;
        image.rgb.push_back(static_cast<std::uint8_t>(stripe == 0 ? 230 : 40));
        image.rgb.push_back(static_cast<std::uint8_t>(x * 255 / width));
        image.rgb.push_back(static_cast<std::uint8_t>(y * 255 / height));
      }
    }
    write_new_file(folder_ / name, encode_png(image, {}));
  }
  [[nodiscard]] WindowDriver open(std::vector<std::string> options = {}, int width = 1280,
                                  int height = 800) const {
    options.insert(options.end(),
                   {"--output={folder}/pictures", "--session={folder}/state",
                    "--width=" + std::to_string(width), "--height=" + std::to_string(height)});
    return WindowDriver({.program = HEADROOM_GUI_DEMO,
                         .arguments = std::move(options),
                         .width = width,
                         .height = height,
                         .folder = folder_});
  }
  static void rest() { std::this_thread::sleep_for(std::chrono::milliseconds(500)); }
  void take(WindowDriver& w, const std::string& name = "checks.png") const {
    ASSERT_TRUE(w.drop("canvas", {folder_ / name}));
    ASSERT_TRUE(w.wait_for_widget("offer.image"));
    rest();
    w.click("offer.image");
    ASSERT_TRUE(w.wait([&](const nlohmann::json& s) { return s["start"] == name; })) << w.state();
  }
  static void write_prompt(WindowDriver& w, const std::string& text) {
    w.click("prompt");
    w.type(text);
    ASSERT_TRUE(w.wait([&](const nlohmann::json& s) { return s["prompt"] == text; }));
  }
  static void start_painting(WindowDriver& w) {
    w.click("start.mask");
    ASSERT_TRUE(w.wait([](const nlohmann::json& s) { return s["painting"] == true; }));
    ASSERT_TRUE(w.wait_for_widget("mask.done"));
    ASSERT_TRUE(w.wait([](const nlohmann::json& s) { return s["canvas_focused"] == true; }));
    rest();
  }
  static bool masked(const WindowDriver& w, int least, int most) {
    return w.wait([&](const nlohmann::json& s) { return s["mask"] >= least && s["mask"] <= most; },
                  5);
  }
  // A box over a share of the picture's sides, from its middle to the right and down.
  static void box(WindowDriver& w, double across, double down) {
    w.key("r");
    const nlohmann::json place = w.read()["widgets"]["mask.picture"];
    w.drag("mask.picture", 1, static_cast<int>(across * place["w"].get<double>()),
           static_cast<int>(down * place["h"].get<double>()));
  }
  static bool finished(const WindowDriver& w, int pictures) {
    return w.wait(
        [&](const nlohmann::json& s) { return s["pictures"] == pictures && s["running"] == false; },
        60);
  }
  [[nodiscard]] static std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  const TempFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path();
};

}  // namespace headroom::test
