#pragma once
#include "support/paths.h"
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

// gui_demo's window with pictures and a session in a folder that outlives it.
class PictureWindow : public ::testing::Test {
 protected:
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
  static bool finished(const WindowDriver& w, int pictures) {
    return w.wait(
        [&](const nlohmann::json& s) { return s["pictures"] == pictures && s["running"] == false; },
        60);
  }
  static void write_prompt(WindowDriver& w, const std::string& text) {
    w.click("prompt");
    w.type(text);
    ASSERT_TRUE(w.wait([&](const nlohmann::json& s) { return s["prompt"] == text; }));
  }
  // Makes the first picture.
  static void make_one(WindowDriver& w) {
    write_prompt(w, "a red fox");
    w.key("ctrl+Return");
    ASSERT_TRUE(finished(w, 1)) << w.state();
    ASSERT_TRUE(w.wait_for_widget("vary"));
  }
  [[nodiscard]] static std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // The file of the selected picture.
  [[nodiscard]] static std::string made(const WindowDriver& w) {
    return bytes_of(w.state()["picture_file"].get<std::string>());
  }
  const TempFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path();
};

// All layouts and both languages and themes, to be looked at.
struct Look {
  int width, height;
  const char* language;
  const char* theme;
  [[nodiscard]] std::vector<std::string> options(const std::string& further = {}) const {
    std::vector<std::string> all{"--language=" + std::string(language),
                                 "--theme=" + std::string(theme)};
    if (!further.empty()) all.push_back(further);
    return all;
  }
  [[nodiscard]] std::string name_of(const std::string& what) const {
    return what + "_" + std::to_string(width) + "_" + language + "_" + theme;
  }
};

}  // namespace headroom::test
