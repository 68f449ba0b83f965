#pragma once
#include "support/paths.h"
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
    return WindowDriver({.program = test::built_program("gui_demo"),
                         .arguments = std::move(options),
                         .width = width,
                         .height = height});
  }
  static void rest() { std::this_thread::sleep_for(std::chrono::milliseconds(400)); }
  static std::string says(const WindowDriver& w, const std::string& name) {
    const nlohmann::json all = w.read()["says"];
    return all.contains(name) ? all[name].get<std::string>() : std::string();
  }
  // Of the widgets whose names begin so.
  static nlohmann::json places(const WindowDriver& w, const std::string& prefix) {
    nlohmann::json found = nlohmann::json::object();
    const nlohmann::json all = w.read()["widgets"];
    for (const auto& [name, place] : all.items()) {
      if (name.starts_with(prefix)) found[name] = {place["x"], place["y"], place["w"], place["h"]};
    }
    return found;
  }
  // Those that `before` has, as they are now.
  static nlohmann::json places_of(const WindowDriver& w, const nlohmann::json& before) {
    nlohmann::json now = places(w, "");
    nlohmann::json found = nlohmann::json::object();
    for (const auto& [name, place] : before.items()) found[name] = now[name];
    return found;
  }
  static bool has(const WindowDriver& w, const std::string& widget) {
    return w.read()["widgets"].contains(widget);
  }
};

}  // namespace headroom::test
