#include "headroom/gui_state/upscale_choice.h"

#include "headroom/gui_state/requests_from_picture.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

const std::vector<UpscalerOffer> kFound{{"broken", "/u/broken.pth", 0, "it is cut short"},
                                        {"restores", "/u/restores.pth", 1},
                                        {"sharp", "/u/sharp.pth", 4},
                                        {"soft", "/u/soft.pth", 2}};

TEST(UpscaleChoice, OffersWhatEnlargesAndLanczosLast) {
  const auto options = upscale_options(kFound);
  ASSERT_EQ(options.size(), 4U);
  EXPECT_EQ(options[0].name, "broken");
  EXPECT_FALSE(options[0].problem.empty());
  EXPECT_EQ(options[1].name, "sharp") << "what only restores is none";
  EXPECT_EQ(options[2].most, 2);
  EXPECT_EQ(options[3].model, kLanczos);
  EXPECT_EQ(options[3].most, 4);
  EXPECT_EQ(upscale_options({}).size(), 1U);
  const auto program = upscale_options({{"ncnn", "/b/ncnn", 4, {}, true}});
  EXPECT_TRUE(program[0].is_program);
  EXPECT_FALSE(program[1].is_program);
  EXPECT_EQ(chosen_option(program, {}), 1U) << "it was not chosen";
  EXPECT_EQ(chosen_option(program, {.model = "/b/ncnn"}), 0U);
}

TEST(UpscaleChoice, TakesTheFirstThatCanBeUsedUntilOneIsChosen) {
  const auto options = upscale_options(kFound);
  UpscaleChoice choice;
  EXPECT_EQ(chosen_option(options, choice), 1U);
  choice.model = kLanczos;
  EXPECT_EQ(chosen_option(options, choice), 3U);
  choice.model = "/u/gone.pth";
  EXPECT_EQ(chosen_option(options, choice), 1U);
  EXPECT_EQ(chosen_option(upscale_options({}), choice), 0U);
}

TEST(UpscaleChoice, AModelReachesAsFarAsItDoes) {
  const auto options = upscale_options(kFound);
  UpscaleChoice choice;
  choice.scale = 3;
  EXPECT_EQ(upscale_with(options[1], choice), (Upscale{"/u/sharp.pth", 3}));
  choice.denoise = 0.25;
  EXPECT_EQ(upscale_with(options[1], choice), (Upscale{"/u/sharp.pth", 3}))
      << "it has no companion";
  UpscaleOption mixed = options[1];
  mixed.can_mix = true;
  EXPECT_EQ(upscale_with(mixed, choice), (Upscale{"/u/sharp.pth", 3, 0.25}));
  choice.denoise = 1;
  EXPECT_EQ(upscale_with(mixed, choice), (Upscale{"/u/sharp.pth", 3})) << "it alone";
  EXPECT_EQ(upscale_with(options[2], choice), (Upscale{"/u/soft.pth", 2}));
}

TEST(UpscaleChoice, TheRequestIsOfTheResultsSizeAndItsSettingsAreThePictures) {
  FinishedPicture picture;
  picture.request.prompt = "a fox";
  picture.request.width = 512;
  picture.request.height = 768;
  picture.request.count = 3;
  picture.picture.seed = 9;
  const GenerationRequest request =
      upscale_of(picture, {"/u/sharp.pth", 4}, {"fox.png", "ab", "/p/fox.png"});
  EXPECT_EQ(request.width, 2048);
  EXPECT_EQ(request.height, 3072);
  EXPECT_EQ(request.origin->how, "upscale:sharp.pth:4");
  EXPECT_TRUE(validate(request, 16).empty());
  EXPECT_EQ(run_of_upscale(request).shape.width, 512);
  EXPECT_EQ(run_of_upscale(request).upscale, request.upscale);
  FinishedPicture made;
  made.request = request;
  made.picture.seed = 9;
  const GenerationRequest again = settings_of(made);
  EXPECT_EQ(again.width, 512);
  EXPECT_EQ(again.height, 768);
  EXPECT_FALSE(again.upscale);
  EXPECT_FALSE(again.origin);
  EXPECT_EQ(again.seed, 9U);
  EXPECT_FALSE(more_like(made).upscale);
  // Once more: what is asked for again is still what the model made.
  const GenerationRequest twice = upscale_of(made, {"/u/soft.pth", 2});
  EXPECT_EQ(twice.width, 4096);
  EXPECT_EQ(twice.origin->how, "upscale:soft.pth:2:8");
  EXPECT_EQ(run_of_upscale(twice).shape.width, 2048) << "and what is enlarged, what was before it";
  made.request = twice;
  EXPECT_EQ(settings_of(made).width, 512);
  EXPECT_EQ(settings_of(made).height, 768);
  EXPECT_EQ(variations_of(made, 1).width, 512);
  EXPECT_EQ(more_like(made).height, 768);
  made.request.origin->how = "upscale:soft.pth:2:x";
  EXPECT_EQ(settings_of(made).width, 2048) << "what cannot be read is one time";
}

}  // namespace
}  // namespace headroom
