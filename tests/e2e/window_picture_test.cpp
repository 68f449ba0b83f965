// The real program and the starter model in the window, driven with mouse and keyboard.
#include "e2e/window_support.h"

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

using WindowPicture = WindowEndToEnd;

TEST_F(WindowPicture, ATypedPromptAndAClickedPresetMakeThePictureOnTheCanvas) {
  WindowDriver w(launch());
  ASSERT_TRUE(
      w.wait([](const json& s) { return s["can_generate"] == false && s["reason"] != ""; }));
  w.click("prompt");
  w.type("a red apple");
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["prompt"] == "a red apple" && s["can_generate"] == true && s["tokens"] > 0;
  }));
  w.click("preset.16:9");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 1024 && s["height"] == 576; }));
  choose_steps(w, 40);
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["stage"] == "denoise" && s["step"] > 0; }, 60));
  ASSERT_TRUE(wait_until_made(w, 1));
  rest(w);

  const std::string file = w.state()["picture_file"];
  ASSERT_TRUE(fs::is_regular_file(file));
  EXPECT_EQ(fs::path(file).parent_path(), pictures_folder());
  const json said = inspect(file);
  EXPECT_EQ(said["settings"]["prompt"], "a red apple");
  EXPECT_EQ(said["settings"]["width"], 1024);
  EXPECT_EQ(said["settings"]["height"], 576);
  EXPECT_EQ(said["settings"]["steps"], 40);
  const Likeness alike = compare_canvas(w, "picture_16_9", file);
  EXPECT_GT(alike.correlation, 0.99);
  EXPECT_LT(alike.mean_difference, 3);
  RecordProperty("correlation", std::to_string(alike.correlation));
  RecordProperty("mean_difference", std::to_string(alike.mean_difference));
}

TEST_F(WindowPicture, APictureThatNearlyFillsTheCanvasIsShownPixelForPixel) {
  WindowDriver w(launch());
  w.click("example.0");
  w.click("preset.512");
  choose_steps(w, 4);
  w.click("generate");
  ASSERT_TRUE(wait_until_made(w, 1));
  rest(w);
  const Likeness alike = compare_canvas(w, "picture_512", w.state()["picture_file"]);
  EXPECT_LT(alike.mean_difference, 0.01);
  EXPECT_GT(alike.correlation, 0.9999);
}

TEST_F(WindowPicture, TwoInTheQueueAreMadeInOrder) {
  WindowDriver w(launch());
  w.click("example.0");
  choose_steps(w, 60);
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
  choose_steps(w, 4);
  w.click("preset.9:16");
  ASSERT_TRUE(w.wait([](const json& s) { return s["height"] == 1024; }));
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 2; }));
  w.screenshot("queue_of_two");
  ASSERT_TRUE(wait_until_made(w, 2));
  const auto files = pictures_in(pictures_folder());
  ASSERT_EQ(files.size(), 2U);
  w.click("strip.0");
  ASSERT_TRUE(w.wait([](const json& s) { return s["selected"] == 0; }));
  EXPECT_EQ(inspect(w.state()["picture_file"].get<std::string>())["height"], 512);
  w.click("strip.1");
  ASSERT_TRUE(w.wait([](const json& s) { return s["selected"] == 1; }));
  EXPECT_EQ(inspect(w.state()["picture_file"].get<std::string>())["height"], 1024);
}

TEST_F(WindowPicture, CancelsTheRunningOneAndMakesTheNext) {
  WindowDriver w(launch());
  w.click("example.0");
  w.click("preset.1024");
  choose_steps(w, 100);
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
  w.click("preset.512");
  choose_steps(w, 4);
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 2; }));
  ASSERT_TRUE(w.wait([](const json& s) { return s["step"] > 0; }, 60));
  w.screenshot("running_with_preview");
  w.click("cancel");
  // A cancel is not a failure: all that is said is where the job stopped.
  const auto only_note = [](const json& s) {
    return s["banners"].size() == 1 &&
           s["banners"][0].get<std::string>().starts_with("Cancelled at step");
  };
  EXPECT_TRUE(w.wait(only_note)) << w.state();
  ASSERT_TRUE(wait_until_made(w, 1));
  EXPECT_TRUE(w.state()["banners"].empty() || only_note(w.state())) << w.state();
  const auto files = pictures_in(pictures_folder());
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(inspect(files[0])["width"], 512);
}

}  // namespace
}  // namespace headroom::test
