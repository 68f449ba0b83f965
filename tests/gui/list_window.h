#pragma once
#include "support/window_driver.h"

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {

// gui_demo's window with a list over it; what it finds stands in demo_lists.h.
class ListWindow : public ::testing::Test {
 protected:
  [[nodiscard]] static WindowDriver open(std::vector<std::string> options = {}, int width = 1280,
                                         int height = 800) {
    options.insert(options.end(), {"--output={folder}/pictures", "--width=" + std::to_string(width),
                                   "--height=" + std::to_string(height)});
    return WindowDriver({.program = HEADROOM_GUI_DEMO,
                         .arguments = std::move(options),
                         .width = width,
                         .height = height});
  }
  static void rest() { std::this_thread::sleep_for(std::chrono::milliseconds(400)); }
  static std::string says(const WindowDriver& w, const std::string& name) {
    const nlohmann::json all = w.read()["says"];
    return all.contains(name) ? all[name].get<std::string>() : std::string();
  }
  static bool has(const WindowDriver& w, const std::string& widget) {
    return w.read()["widgets"].contains(widget);
  }
};

}  // namespace headroom::test
