// Chinese in the window of the real program, and the negative prompt.
#include "e2e/window_support.h"

namespace headroom::test {
namespace {

using WindowText = WindowEndToEnd;

TEST_F(WindowText, AChinesePromptPastedFromAWebPageReachesThePicture) {
  const std::string prompt =
      "一只可爱的橘色猫咪，坐在窗台上，阳光洒进来，\n高清照片风格，毛发细节清晰，浅景深";
  const std::string negative = "低质量，模糊，扭曲，多余手指";
  WindowDriver w(launch());
  w.click("language");
  ASSERT_TRUE(w.wait([](const json& s) { return s["language"] == "zh"; }));
  w.click("prompt");
  w.paste(prompt);
  ASSERT_TRUE(w.wait([&](const json& s) { return s["prompt"] == prompt; }));
  EXPECT_TRUE(w.wait([](const json& s) { return s["tokens"] > 20; }));
  w.click("negative.fold");
  w.click("negative");
  w.paste(negative);
  w.click("preset.768");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 768; }));
  choose_steps(w, 4);
  w.click("generate");
  ASSERT_TRUE(wait_until_made(w, 1));
  rest(w);
  const std::string file = w.state()["picture_file"];
  const json settings = inspect(file)["settings"];
  EXPECT_EQ(settings["prompt"], prompt);
  EXPECT_EQ(settings["negative_prompt"], negative);
  const Likeness alike = compare_canvas(w, "chinese", file);
  EXPECT_GT(alike.correlation, 0.98);
  EXPECT_LT(alike.mean_difference, 3);
  RecordProperty("correlation", std::to_string(alike.correlation));
  RecordProperty("mean_difference", std::to_string(alike.mean_difference));
}

TEST_F(WindowText, APromptThatIsTooLongForTheModelIsCountedWhole) {
  std::string prompt;
  for (int i = 0; i < 400; ++i) prompt += "红苹果，";
  WindowDriver w(launch());
  w.click("prompt");
  w.paste(prompt);
  EXPECT_TRUE(w.wait([](const json& s) { return s["tokens"] > 512; })) << w.state()["tokens"];
  w.screenshot("prompt_too_long");
}

TEST_F(WindowText, AnExampleInChineseIsAClickAway) {
  WindowDriver w(launch({"--language", "zh"}));
  ASSERT_EQ(w.state()["language"], "zh");
  w.click("example.0");
  ASSERT_TRUE(w.wait([](const json& s) { return s["can_generate"] == true; }));
  const std::string prompt = w.state()["prompt"];
  EXPECT_GT(static_cast<unsigned char>(prompt[0]), 0xE3) << prompt;
  choose_steps(w, 3);
  w.key("ctrl+Return");
  ASSERT_TRUE(wait_until_made(w, 1));
  EXPECT_EQ(inspect(w.state()["picture_file"].get<std::string>())["settings"]["prompt"], prompt);
}

TEST_F(WindowText, TheNegativePromptIsGreyedAtGuidanceZero) {
  WindowDriver w(launch());
  w.click("negative.fold");
  ASSERT_TRUE(w.wait_for_widget("negative"));
  const auto negative_is = [&](bool enabled) {
    return w.wait([&](const json&) {
      return w.read()["widgets"]["negative"]["enabled"].get<bool>() == enabled;
    });
  };
  EXPECT_TRUE(negative_is(true)) << "the starter model's own guidance is 2";
  type_number(w, "guidance.value", "0");
  ASSERT_TRUE(w.wait([](const json& s) { return s["guidance"] == 0; }));
  EXPECT_TRUE(negative_is(false));
  w.screenshot("negative_off");
  type_number(w, "guidance.value", "1.5");
  ASSERT_TRUE(w.wait([](const json& s) { return s["guidance"] == 1.5; }));
  EXPECT_TRUE(negative_is(true));
}

}  // namespace
}  // namespace headroom::test
