// Kept pictures made larger by an upscaler in the window of the real program, with a small random
// network.
#include "headroom/image/image_reader.h"

#include "e2e/window_support.h"
#include "support/paths.h"

#include <cstdlib>
#include <fstream>
#include <string>

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
    fs::copy_file(test::data_folder() / "upscalers" / "general_x4.pth", network());
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

// A stand-in that enlarges each pixel to four by four, and waits while a file is there.
TEST_F(WindowUpscale, TheProgramInThePathIsOfferedUsedAndStopped) {
  const fs::path program = folder_ / "bin" / "realesrgan-ncnn-vulkan";
  fs::create_directories(program.parent_path());
  const fs::path slow = folder_ / "slow";
  std::ofstream(program) << "#!/bin/sh\ntest \"$1\" = -i && test \"$3\" = -o || exit 2\n"
                         << "while test -e '" << slow.string() << "'; do sleep 0.05; done\n"
                         << "exec convert \"$2\" -filter point -resize 400% \"$4\"\n";
  fs::permissions(program, fs::perms::owner_all);
  const std::vector<std::string> path{"PATH=" + program.parent_path().string() + ":" +
                                      std::getenv("PATH")};
  WindowDriver w(launch({}, path));
  make_one(w);
  const fs::path origin = w.state()["picture_file"].get<std::string>();
  open_list(w);
  w.click("upscale.model.0");
  EXPECT_TRUE(w.wait_for_words("upscale.model.0", "memory not counted")) << w.read()["says"];
  const std::string with_seconds = "memory not counted · ";
  EXPECT_FALSE(w.wait_for_words("upscale.model.0", with_seconds, 0)) << "nobody knows its seconds";
  w.screenshot("upscale_program");
  w.click("upscale.scale.4");
  rest(w);
  w.click("upscale.start");
  ASSERT_TRUE(wait_until_made(w, 2)) << w.state();
  const Image small = read_image(origin);
  const Image large = read_image(w.state()["picture_file"].get<std::string>());
  ASSERT_EQ(large.width, 4 * small.width);
  for (const int x : {0, 5, 1023, 2047}) {
    const auto from = static_cast<std::size_t>(3 * (100 * small.width + x / 4));
    const auto to = static_cast<std::size_t>(3 * (401 * large.width + x));
    EXPECT_EQ(large.rgb[to], small.rgb[from]) << x;
  }
  // One that runs is ended with its job.
  w.click("strip.0");
  std::ofstream(slow) << "wait";
  w.click("upscale");
  ASSERT_TRUE(w.wait_for_widget("upscale.start"));
  rest(w);
  w.click("upscale.start");
  ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
  w.click("cancel");
  EXPECT_TRUE(w.wait([](const json& s) { return s["running"] == false; }, 30));
  EXPECT_EQ(w.state()["pictures"], 2);
  EXPECT_EQ(w.close(30), 0);
  fs::remove(folder_ / "ui.json");
  WindowDriver again(launch({}, path));
  ASSERT_TRUE(again.wait_for_widget("strip.0"));
  again.click("strip.0");
  again.click("upscale");
  ASSERT_TRUE(again.wait_for_widget("upscale.model.1"));
  EXPECT_TRUE(again.wait_for_words("upscale.model.0", with_seconds)) << "from the last start";
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
