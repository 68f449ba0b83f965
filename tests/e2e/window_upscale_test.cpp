// Kept pictures made larger by an upscaler in the window of the real program, with a small random
// network.
#include "headroom/image/image_reader.h"

#include "e2e/window_support.h"

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

class WindowUpscale : public WindowEndToEnd {
 protected:
  // Where ComfyUI keeps them.
  [[nodiscard]] fs::path network() const {
    return folder_ / "home" / "ComfyUI" / "models" / "upscale_models" / "general_x4.pth";
  }
  void put_network() const {
    fs::create_directories(network().parent_path());
    fs::copy_file(fs::path(HEADROOM_TEST_DATA) / "upscalers" / "general_x4.pth", network());
  }
  static void make_one(WindowDriver& w) {
    w.click("example.0");
    w.click("preset.512");
    choose_steps(w, 4);
    w.click("generate");
    ASSERT_TRUE(wait_until_made(w, 1));
    ASSERT_TRUE(w.wait_for_widget("upscale"));
  }
  static void open_list(WindowDriver& w) {
    w.click("upscale");
    ASSERT_TRUE(w.wait_for_widget("upscale.start"));
    ASSERT_TRUE(w.wait_for_widget("upscale.model.1")) << "it is found";
    rest(w);
  }
};

TEST_F(WindowUpscale, ANetworkEnlargesAsTheCommandDoesAndTheModelMakesPicturesAgain) {
  put_network();
  WindowDriver w(launch());
  make_one(w);
  const fs::path origin = w.state()["picture_file"].get<std::string>();
  open_list(w);
  ASSERT_TRUE(w.wait_for_words("upscale.model.0", "MB", 60)) << "the price is there before";
  w.screenshot("upscale_real");
  w.click("upscale.start");
  ASSERT_TRUE(wait_until_made(w, 2)) << w.state();
  const fs::path made = w.state()["picture_file"].get<std::string>();
  const fs::path by_command = folder_ / "by_command.png";
  const json ran = run_json({"upscale", origin.string(), "--model", network().string(), "--scale",
                             "2", "-o", by_command.string(), "--json"});
  EXPECT_EQ(ran["width"], 1024);
  EXPECT_EQ(read_image(made).rgb, read_image(by_command).rgb);
  EXPECT_EQ(inspect(made)["settings"], inspect(origin)["settings"]) << "they stay in it";
  EXPECT_TRUE(w.wait_for_widget("compare"));
  // The model comes back, and makes the same.
  w.click("strip.0");
  w.click("use_settings");
  w.click("generate");
  ASSERT_TRUE(wait_until_made(w, 3)) << w.state();
  const fs::path anew = w.state()["picture_file"].get<std::string>();
  EXPECT_EQ(read_image(anew).rgb, read_image(origin).rgb);
}

TEST_F(WindowUpscale, LanczosNeedsNoFileAndOneThatIsGoneIsSaid) {
  WindowDriver w(launch());
  make_one(w);
  const fs::path origin = w.state()["picture_file"].get<std::string>();
  w.click("upscale");
  ASSERT_TRUE(w.wait_for_widget("upscale.start"));
  rest(w);
  w.click("upscale.start");
  ASSERT_TRUE(wait_until_made(w, 2)) << w.state();
  const Image large = read_image(w.state()["picture_file"].get<std::string>());
  EXPECT_EQ(large.width, 1024);
  w.click("strip.0");
  ASSERT_TRUE(w.wait([](const json& s) { return s["selected"] == 0; }));
  fs::remove(origin);
  w.click("upscale");
  ASSERT_TRUE(w.wait_for_widget("upscale.start"));
  rest(w);
  w.click("upscale.start");
  EXPECT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 1; })) << w.state();
}

}  // namespace
}  // namespace headroom::test
