#include "headroom/core/finish.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(FinishMethod, IsReadAsItIsWritten) {
  EXPECT_EQ(parse_finish_method("same-seed"), FinishMethod{std::nullopt});
  EXPECT_EQ(parse_finish_method("refine:0.5"), FinishMethod{0.5});
  EXPECT_EQ(parse_finish_method("refine:1"), FinishMethod{1.0});
  EXPECT_EQ(parse_finish_method("refine"), std::nullopt);
  for (const char* const text : {"same-seed", "refine:0.35", "refine:1", "refine:0.125"}) {
    EXPECT_EQ(to_string(parse_finish_method(text).value()), text);
  }
  EXPECT_EQ(parse_finish_method("upscaler:/u/x4.pth"), (FinishMethod{std::nullopt, "/u/x4.pth"}));
  EXPECT_EQ(to_string(FinishMethod{std::nullopt, "/u/x4.pth"}), "upscaler:x4.pth");
  for (const char* const text :
       {"", "upscaler", "upscaler:", "refine:", "refine:0", "refine:-1", "refine:1.1", "refine:nan",
        "refine0.5", "same-seed:1", "upscale", "refine:0.5x"}) {
    EXPECT_FALSE(parse_finish_method(text)) << text;
  }
}

TEST(FinishSize, IsAFactorASideOrBothSides) {
  EXPECT_EQ(parse_finish_size("2x"), FinishSize{Times{2}});
  EXPECT_EQ(parse_finish_size("1.5×"), FinishSize{Times{1.5}});
  EXPECT_EQ(parse_finish_size("1024"), FinishSize{LongerSide{1024}});
  EXPECT_EQ(parse_finish_size("1024x576"), (FinishSize{Size{1024, 576}}));
  for (const char* const text :
       {"", "x", "0x", "-2x", "nanx", "8", "9000", "big", "1024x", "1.5"}) {
    EXPECT_FALSE(parse_finish_size(text)) << text;
  }
}

TEST(FinishSize, KeepsTheShapeUnlessBothSidesAreNamed) {
  EXPECT_EQ(finished_size({512, 512}, LongerSide{1024}, 64), (Size{1024, 1024}));
  EXPECT_EQ(finished_size({512, 288}, LongerSide{1024}, 64), (Size{1024, 576}));
  EXPECT_EQ(finished_size({288, 512}, LongerSide{1024}, 64), (Size{576, 1024}));
  EXPECT_EQ(finished_size({512, 256}, Times{2}, 64), (Size{1024, 512}));
  EXPECT_EQ(finished_size({512, 512}, Size{1000, 600}, 64), (Size{1000, 600}));
  // 342 is nearest to 320 of the multiples of 64.
  EXPECT_EQ(finished_size({256, 171}, Times{2}, 64), (Size{512, 320}));
  EXPECT_EQ(finished_size({4000, 100}, Times{1000}, 64), (Size{8192, 8192}));
}

TEST(FinishSize, AnUpscalerMakesItTwoThreeOrFourTimesAsLarge) {
  EXPECT_EQ(upscaled_times({512, 512}, Times{2}), 2);
  EXPECT_EQ(upscaled_times({512, 512}, LongerSide{1024}), 2);
  EXPECT_EQ(upscaled_times({288, 512}, LongerSide{2048}), 4);
  EXPECT_EQ(upscaled_times({512, 288}, Size{1536, 864}), 3);
  for (const FinishSize& wanted : {FinishSize{Times{1.5}}, FinishSize{Times{5}},
                                   FinishSize{LongerSide{1000}}, FinishSize{Size{1024, 575}}}) {
    EXPECT_FALSE(upscaled_times({512, 288}, wanted));
  }
  EXPECT_FALSE(upscaled_times({0, 0}, LongerSide{1024}));
}

TEST(FinishRequest, StartsARefinedPictureFromItsPixels) {
  GenerationRequest settings;
  settings.prompt = "a fox";
  settings.seed = 7;
  settings.count = 4;
  const InitImage::File file{"fox.png", "ab12"};
  GenerationRequest request =
      finish_request(settings, {0.25}, {4, 2}, file, {4, 2, std::vector<std::uint8_t>(24, 9)});
  EXPECT_EQ(request.prompt, "a fox");
  EXPECT_EQ(request.seed, 7U);
  EXPECT_EQ(request.count, 1);
  EXPECT_EQ(request.width, 4);
  EXPECT_EQ(request.height, 2);
  EXPECT_EQ(request.strength, 0.25);
  EXPECT_EQ(request.origin, (Origin{file, "refine:0.25"}));
  ASSERT_TRUE(request.init);
  EXPECT_EQ(request.init->file, file);
  EXPECT_EQ(request.init->image.rgb.size(), 24U);
  // Without pixels there is the size, which checks and forecasts ask for.
  request = finish_request(settings, {0.25}, {128, 64}, file);
  EXPECT_TRUE(validate(request, 64).empty());
  EXPECT_EQ(start_of(request), StartFrom::kImage);
}

TEST(FinishRequest, FromTheSameSeedStartsFromNoise) {
  GenerationRequest settings;
  settings.prompt = "a fox";
  settings.seed = 7;
  const GenerationRequest request =
      finish_request(settings, {std::nullopt}, {128, 64}, {"fox.png", "ab12"});
  EXPECT_FALSE(request.init);
  EXPECT_EQ(start_of(request), StartFrom::kNoise);
  EXPECT_EQ(request.origin, (Origin{{"fox.png", "ab12"}, "same-seed"}));
}

}  // namespace
}  // namespace headroom
