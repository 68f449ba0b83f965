#include "headroom/gui_state/ui_state.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

FinishedPicture picture(std::uint64_t seed, const std::string& save_error = {}) {
  FinishedPicture made;
  made.picture.seed = seed;
  made.picture.image = std::make_shared<Image>(Image{1, 1, {0, 0, 0}});
  made.save_error = save_error;
  if (save_error.empty()) made.file = "/pictures/" + std::to_string(seed) + ".png";
  return made;
}

TEST(UiState, AnEmptySeedIsARandomOneAndAWrongSeedIsNoRequest) {
  UiState state;
  state.draft.prompt = "a cat";
  ASSERT_TRUE(state.request());
  EXPECT_FALSE(state.request()->seed);
  state.seed_text = "7";
  ASSERT_TRUE(state.request());
  EXPECT_EQ(state.request()->seed, 7U);
  for (const char* const random : {"-1", "random", " "}) {
    state.seed_text = random;
    ASSERT_TRUE(state.request()) << random;
    EXPECT_FALSE(state.request()->seed) << random;
  }
  state.seed_text = "99999999999999999999";
  EXPECT_FALSE(state.request());
}

TEST(UiState, StartsWithTheModelsRecommendations) {
  ModelInfo model;
  model.size_unit = 64;
  model.steps = 16;
  model.guidance_scale = 2;
  model.negative_prompt = "blurry";
  model.refine_strength = 0.15;
  UiState state;
  state.reset_to(model);
  EXPECT_EQ(state.draft.steps, 16);
  EXPECT_EQ(state.draft.guidance_scale, 2);
  EXPECT_EQ(state.draft.negative_prompt, "blurry");
  EXPECT_TRUE(state.negative_open);
  EXPECT_EQ(state.finish.strength, 0.15);
}

TEST(UiState, AnotherModelsStrengthForFinishingIsTakenUnlessOneWasChosen) {
  ModelInfo first, second;
  first.refine_strength = 0.15;
  UiState state;
  state.reset_to(first);
  state.take_model(first, second);
  EXPECT_EQ(state.finish.strength, 0.35);
  state.finish.strength = 0.5;
  state.take_model(second, first);
  EXPECT_EQ(state.finish.strength, 0.5);
}

TEST(UiState, SnapsATypedSideToTheModelsUnitAndSaysSo) {
  UiState state;
  state.typed_width = 700;
  EXPECT_TRUE(state.commit_width(64));
  EXPECT_EQ(state.draft.width, 704);
  EXPECT_EQ(state.typed_width, 704);
  state.typed_height = 640;
  EXPECT_FALSE(state.commit_height(64));
  EXPECT_EQ(state.draft.height, 640);
}

TEST(UiState, TheOtherSideFollowsWhileTheRatioIsLocked) {
  UiState state;
  state.set_size({1024, 576}, 64);
  state.lock_ratio(true);
  state.typed_width = 512;
  state.commit_width(64);
  EXPECT_EQ(state.draft.width, 512);
  EXPECT_EQ(state.draft.height, 320);  // 288 lies midway between 256 and 320; snap() rounds up
  EXPECT_FALSE(state.keeps_ratio());
  state.typed_width = 1024;
  state.commit_width(64);
  EXPECT_EQ(state.draft.height, 576) << "the ratio as typed, not the snapped one";
  EXPECT_TRUE(state.keeps_ratio());
  state.swap_sides();
  EXPECT_EQ(state.draft.width, 576);
  state.typed_height = 2048;
  state.commit_height(64);
  EXPECT_EQ(state.draft.width, 1152);
}

TEST(UiState, SelectsNewPicturesOnlyWhileTheCanvasFollowsTheRun) {
  UiState state;
  state.add_picture(picture(1));
  state.add_picture(picture(2));
  EXPECT_EQ(state.selected, 1U);
  state.live = false;
  state.select(0);
  state.add_picture(picture(3));
  EXPECT_EQ(state.selected, 0U);
  EXPECT_EQ(state.selected_picture()->picture.seed, 1U);
}

TEST(UiState, ForgetsTheOldestSavedPictureButNoUnsavedOne) {
  UiState state;
  state.add_picture(picture(0, "disk full"));
  for (std::uint64_t seed = 1; seed <= 200; ++seed) state.add_picture(picture(seed));
  ASSERT_EQ(state.pictures.size(), 200U);
  EXPECT_EQ(state.pictures[0].picture.seed, 0U);
  EXPECT_EQ(state.pictures[1].picture.seed, 2U);
  EXPECT_EQ(state.selected_picture()->picture.seed, 200U);
}

TEST(UiState, ShowsTheSameBannerOnceAndAtMostThreeOpen) {
  UiState state;
  for (const char* const text : {"a", "a", "b", "c", "d"}) {
    Banner banner;
    banner.text = text;
    state.add_banner(banner);
  }
  ASSERT_EQ(state.banners.size(), 3U);
  EXPECT_EQ(state.banners.front().text, "b");
  EXPECT_EQ(state.banners.back().text, "d");
  ASSERT_EQ(state.folded.size(), 1U);
  EXPECT_EQ(state.folded.front().text, "a");
  state.folded.front().about = state.banners.front().about = "one thing";
  state.resolve("one thing");
  EXPECT_TRUE(state.folded.empty());
  EXPECT_EQ(state.banners.size(), 2U);
}

TEST(PromptHistory, WalksBackAndForthAndKeepsWhatWasBeingTyped) {
  PromptHistory history;
  history.add("one");
  history.add("two");
  EXPECT_EQ(history.older("half a th"), "two");
  EXPECT_EQ(history.older("two"), "one");
  EXPECT_FALSE(history.older("one"));
  EXPECT_EQ(history.newer(), "two");
  EXPECT_EQ(history.newer(), "half a th");
  EXPECT_FALSE(history.newer());
}

TEST(PromptHistory, GoesPastTheSubmittedPromptThatIsStillInTheField) {
  PromptHistory history;
  EXPECT_FALSE(history.older(""));
  history.add("one");
  history.add("two");
  EXPECT_EQ(history.older("two"), "one");
}

TEST(PromptHistory, MovesARepeatedPromptToTheEnd) {
  PromptHistory history;
  history.add("one");
  history.add("two");
  history.add("one");
  EXPECT_EQ(history.older(""), "one");
  EXPECT_EQ(history.older(""), "two");
  EXPECT_FALSE(history.older(""));
}

}  // namespace
}  // namespace headroom
