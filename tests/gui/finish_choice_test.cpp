#include "headroom/gui_state/finish_choice.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

std::vector<Size> sizes_of(const std::vector<FinishTarget>& targets) {
  std::vector<Size> sizes;
  for (const FinishTarget& target : targets) sizes.push_back(target.size);
  return sizes;
}

TEST(FinishChoice, TheSizesAreLargerThanThePictureAndEachIsThereOnce) {
  EXPECT_EQ(sizes_of(finish_targets({512, 512}, 64)),
            (std::vector<Size>{{768, 768}, {1024, 1024}}));
  EXPECT_EQ(sizes_of(finish_targets({768, 768}, 64)),
            (std::vector<Size>{{1024, 1024}, {1152, 1152}, {1536, 1536}}));
  // 576 × 1.5 = 864 lies between two multiples of 64, and the nearest is taken.
  EXPECT_EQ(sizes_of(finish_targets({576, 1024}, 64)),
            (std::vector<Size>{{896, 1536}, {1152, 2048}}));
  EXPECT_TRUE(finish_targets({8192, 8192}, 64).empty());
}

TEST(FinishChoice, FindsItsSizeAmongThemAndElseTakesTheLargestThatFits) {
  const Size picture{512, 512};
  const auto targets = finish_targets(picture, 64);
  FinishChoice choice;
  EXPECT_EQ(chosen_target(targets, picture, 64, choice), 1U) << "twice as large by itself";
  choice.size = Times{1.5};
  EXPECT_EQ(chosen_target(targets, picture, 64, choice), 0U);
  choice.size = LongerSide{1024};
  EXPECT_EQ(chosen_target(targets, picture, 64, choice), 1U) << "under whatever name";
  EXPECT_FALSE(chosen_target(finish_targets({1024, 1024}, 64), {1024, 1024}, 64, choice));
  choice.size.reset();
  EXPECT_FALSE(chosen_target(targets, picture, 64, choice));
}

TEST(FinishChoice, AnUpscalerMakesWholeTimesAsFarAsItReaches) {
  EXPECT_EQ(sizes_of(upscaled_targets({512, 300}, 4)),
            (std::vector<Size>{{1024, 600}, {1536, 900}, {2048, 1200}}));
  EXPECT_EQ(sizes_of(upscaled_targets({512, 512}, 2)), (std::vector<Size>{{1024, 1024}}));
  const auto targets = upscaled_targets({512, 300}, 4);
  FinishChoice choice;
  EXPECT_EQ(chosen_target(targets, {512, 300}, 1, choice), 0U);
  choice.size = Times{1.5};
  EXPECT_FALSE(chosen_target(targets, {512, 300}, 1, choice));
}

TEST(FinishChoice, TheLargestIsLookedForBetweenOneAndFourTimes) {
  const std::vector<Size> sizes = larger_sizes({512, 512}, 64);
  EXPECT_EQ(sizes.front(), (Size{640, 640}));
  EXPECT_EQ(sizes.back(), (Size{2048, 2048}));
  for (std::size_t i = 1; i < sizes.size(); ++i) EXPECT_LT(sizes[i - 1].width, sizes[i].width);
  EXPECT_TRUE(larger_sizes({8192, 8192}, 64).empty());
}

TEST(FinishChoice, TheRequestHasThePicturesSeedAndItsOrigin) {
  FinishedPicture picture;
  picture.request.prompt = "a fox";
  picture.request.seed = 7;
  picture.request.count = 3;
  picture.request.origin = Origin{{"first.png", "00"}, "refine:0.5"};
  picture.picture.index = 2;
  picture.picture.seed = 9;
  FinishChoice choice;
  choice.strength = 0.2;
  const GenerationRequest refined =
      finish_of(picture, choice.method(), {1024, 1024}, {"fox.png", "ab"});
  EXPECT_EQ(refined.seed, 9U);
  EXPECT_EQ(refined.count, 1);
  EXPECT_EQ(refined.origin, (Origin{{"fox.png", "ab"}, "refine:0.2"})) << "the nearest one";
  ASSERT_TRUE(refined.init);
  EXPECT_EQ(refined.init->image.width, 1024);
  EXPECT_EQ(refined.strength, 0.2);
  choice.refines = false;
  const GenerationRequest anew =
      finish_of(picture, choice.method(), {1024, 1024}, {"fox.png", "ab"});
  EXPECT_FALSE(anew.init);
  EXPECT_EQ(anew.origin->how, "same-seed");
}

}  // namespace
}  // namespace headroom
