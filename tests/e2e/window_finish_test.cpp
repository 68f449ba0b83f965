// Kept pictures made larger in the window of the real program.
#include "headroom/image/image_reader.h"

#include "e2e/window_support.h"

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

class WindowFinish : public WindowEndToEnd {
 protected:
  static void make_one(WindowDriver& w) {
    w.click("example.0");
    w.click("preset.512");
    choose_steps(w, 4);
    w.click("generate");
    ASSERT_TRUE(wait_until_made(w, 1));
    ASSERT_TRUE(w.wait_for_widget("finish"));
  }
  // Opens the list of the button, and presses what starts it once it can be pressed.
  static void open_list(WindowDriver& w, const std::string& button) {
    w.click(button);
    ASSERT_TRUE(w.wait_for_widget(button + ".start"));
    rest(w);
  }
};

TEST_F(WindowFinish, AFinishedPictureIsWhatTheCommandMakesOfIt) {
  WindowDriver w(launch());
  make_one(w);
  const fs::path origin = w.state()["picture_file"].get<std::string>();
  open_list(w, "finish");
  w.click("finish.size.0");
  ASSERT_TRUE(w.wait_for_words("finish.size.0", "MB", 60)) << "the price is there before the click";
  w.screenshot("finish_real");
  w.click("finish.start");
  ASSERT_TRUE(wait_until_made(w, 2)) << w.state();
  rest(w);
  const fs::path made = w.state()["picture_file"].get<std::string>();
  const json said = inspect(made);
  EXPECT_EQ(said["origin"]["file"], origin.filename().string());
  EXPECT_EQ(said["origin"]["how"], "refine:0.15");
  EXPECT_EQ(said["width"], 768);
  ASSERT_TRUE(w.wait_for_widget("compare"));
  const fs::path by_command = folder_ / "by_command.png";
  const json ran =
      run_json({"finish", origin.string(), "--size", "1.5x", "-o", by_command.string(), "--json"});
  ASSERT_TRUE(fs::exists(by_command)) << ran;
  expect_same_pixels(made, by_command);
  const Likeness alike = compare_canvas(w, "finished_real", by_command);
  EXPECT_GT(alike.correlation, 0.999);
  EXPECT_LT(alike.mean_difference, 1);
}

}  // namespace
}  // namespace headroom::test
