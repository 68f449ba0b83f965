#pragma once
#include "headroom/image/file_writer.h"
#include "headroom/image/png_writer.h"

#include "gui/picture_window.h"

#include <cstdint>
#include <string>

namespace headroom::test {

// gui_demo's window with pictures to start from and a hand that paints on them.
class WindowMask : public PictureWindow {
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
  void take(WindowDriver& w, const std::string& name = "checks.png") const {
    ASSERT_TRUE(w.drop("canvas", {folder_ / name}));
    ASSERT_TRUE(w.wait_for_widget("offer.image"));
    rest();
    w.click("offer.image");
    ASSERT_TRUE(w.wait([&](const nlohmann::json& s) { return s["start"] == name; })) << w.state();
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
};

}  // namespace headroom::test
