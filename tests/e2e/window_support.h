#pragma once
#include "support/window_driver.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace headroom::test {

using nlohmann::json;

// How alike a region of the screen and a picture are.
struct Likeness {
  double correlation = 0;      // of all channel values, -1..1
  double mean_difference = 0;  // 0..255
};

// The real program in its window, with a home of its own in a temporary folder. Waits are long
// because two busy cores may be all there is.
class WindowEndToEnd : public ::testing::Test {
 protected:
  static constexpr double kPicture_s = 150;  // for one picture

  WindowEndToEnd();
  ~WindowEndToEnd() override;

  // Program, arguments and a home in folder_; the settings of the tester's desktop do not count.
  [[nodiscard]] Launch launch(std::vector<std::string> arguments = {},
                              std::vector<std::string> environment = {}) const;
  static void choose_steps(WindowDriver& window, int steps);
  static void type_number(WindowDriver& window, const std::string& widget,
                          const std::string& number);
  // Waits until nothing runs and there are `pictures`.
  static bool wait_until_made(const WindowDriver& window, int pictures);
  // Takes the mouse away from what has a tooltip.
  static void rest(WindowDriver& window);
  // Takes a screenshot and compares the picture on the canvas with the file.
  static Likeness compare_canvas(const WindowDriver& window, const std::string& screenshot,
                                 const std::filesystem::path& picture);
  // Both files hold the same pixels.
  static void expect_same_pixels(const std::filesystem::path& a, const std::filesystem::path& b);
  // What the program prints as JSON in the same home.
  [[nodiscard]] json run_json(std::vector<std::string> arguments) const;
  [[nodiscard]] json inspect(const std::filesystem::path& picture) const {
    return run_json({"inspect", "--json", picture.string()});
  }
  // The pictures in the folder, by name.
  [[nodiscard]] static std::vector<std::filesystem::path> pictures_in(
      const std::filesystem::path& folder);
  [[nodiscard]] std::filesystem::path pictures_folder() const {
    return folder_ / "home" / "Pictures" / "Headroom";
  }

  std::filesystem::path folder_;
};

}  // namespace headroom::test
