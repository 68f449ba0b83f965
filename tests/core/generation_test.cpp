#include "headroom/core/generation.h"

#include "headroom/core/size.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using Field = RequestProblem::Field;
using ::testing::HasSubstr;

constexpr int kUnit = 16;

GenerationRequest good_request() {
  GenerationRequest request;
  request.prompt = "a cute orange cat";
  return request;
}

// The request must have exactly one problem, in `field`; gives its sentence.
std::string only_problem(const GenerationRequest& request, Field field, int unit = kUnit) {
  const std::vector<RequestProblem> problems = validate(request, unit);
  EXPECT_EQ(problems.size(), 1U);
  if (problems.size() != 1) return {};
  EXPECT_EQ(problems[0].field, field);
  return problems[0].message.english();
}

TEST(Validate, AcceptsTheDefaultsWithAPrompt) {
  EXPECT_TRUE(validate(good_request(), kUnit).empty());
}

TEST(Validate, AcceptsEveryLimitItself) {
  GenerationRequest request = good_request();
  request.prompt = std::string(kMaxPromptBytes, 'a');
  request.negative_prompt = std::string(kMaxPromptBytes, 'b');
  request.width = kUnit;
  request.height = kMaxSide_px;
  request.steps = kMaxSteps;
  request.count = kMaxCount;
  request.guidance_scale = kMaxGuidance;
  request.cfg_normalization = 1000;
  request.cfg_truncation = 0;
  request.shift = 100;
  request.seed = std::numeric_limits<std::uint64_t>::max();
  EXPECT_TRUE(validate(request, kUnit).empty());
}

TEST(Validate, AsksForAPrompt) {
  for (const char* prompt : {"", " ", "\t\r\n "}) {
    GenerationRequest request = good_request();
    request.prompt = prompt;
    EXPECT_THAT(only_problem(request, Field::kPrompt), HasSubstr("empty"));
  }
}

TEST(Validate, NamesATextThatIsTooLong) {
  GenerationRequest request = good_request();
  request.prompt = std::string(kMaxPromptBytes + 1, 'a');
  EXPECT_THAT(only_problem(request, Field::kPrompt), HasSubstr("65537"));
  request = good_request();
  request.negative_prompt = std::string(kMaxPromptBytes + 1, 'a');
  EXPECT_THAT(only_problem(request, Field::kNegativePrompt), HasSubstr("the negative prompt"));
}

TEST(Validate, NamesTextThatIsNotUtf8) {
  GenerationRequest request = good_request();
  request.prompt = "caf\xE9";
  EXPECT_THAT(only_problem(request, Field::kPrompt), HasSubstr("UTF-8"));
  request = good_request();
  request.negative_prompt = "\xFF";
  EXPECT_THAT(only_problem(request, Field::kNegativePrompt), HasSubstr("UTF-8"));
}

TEST(Validate, OffersTheNearestSize) {
  GenerationRequest request = good_request();
  request.width = 500;
  request.height = 1020;
  EXPECT_THAT(only_problem(request, Field::kSize), HasSubstr("the nearest is 496×1024"));
}

TEST(Validate, SizeUnitComesFromTheModel) {
  GenerationRequest request = good_request();
  request.width = 528;  // 33 * 16, not a multiple of 32
  EXPECT_TRUE(validate(request, 16).empty());
  EXPECT_THAT(only_problem(request, Field::kSize, 32), HasSubstr("multiple of 32"));
}

TEST(Validate, RefusesSizesOutsideTheLimits) {
  for (const int side : {-16, 0, 8, 8208, std::numeric_limits<int>::max()}) {
    GenerationRequest request = good_request();
    request.width = side;
    only_problem(request, Field::kSize);
    request = good_request();
    request.height = side;
    only_problem(request, Field::kSize);
  }
}

TEST(Validate, RefusesStepsOutsideTheLimits) {
  for (const int steps : {-1, 0, kMaxSteps + 1}) {
    GenerationRequest request = good_request();
    request.steps = steps;
    EXPECT_THAT(only_problem(request, Field::kSteps), HasSubstr("from 1 to 1000"));
  }
}

TEST(Validate, RefusesCountsOutsideTheLimits) {
  for (const int count : {-1, 0, kMaxCount + 1}) {
    GenerationRequest request = good_request();
    request.count = count;
    EXPECT_THAT(only_problem(request, Field::kCount), HasSubstr("from 1 to 64"));
  }
}

TEST(Validate, GuidanceIsFromZeroToAHundred) {
  for (const double bad : {-100.0, -1.0, -0.01, 100.5}) {
    GenerationRequest request = good_request();
    request.guidance_scale = bad;
    EXPECT_THAT(only_problem(request, Field::kGuidance), HasSubstr("it must be from 0 to 100"));
  }
  GenerationRequest request = good_request();
  request.guidance_scale = kMinGuidance;
  EXPECT_TRUE(validate(request, kUnit).empty());
}

TEST(Validate, RefusesNumbersThatAreNotFiniteOrOutOfRange) {
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(), 1e6, -1e6}) {
    GenerationRequest request = good_request();
    request.guidance_scale = bad;
    EXPECT_THAT(only_problem(request, Field::kGuidance), HasSubstr("guidance is "));
    request = good_request();
    request.cfg_normalization = bad;
    EXPECT_THAT(only_problem(request, Field::kOther), HasSubstr("cfg-normalization"));
    request = good_request();
    request.cfg_truncation = bad;
    EXPECT_THAT(only_problem(request, Field::kOther), HasSubstr("cfg-truncation"));
    request = good_request();
    request.shift = bad;
    EXPECT_THAT(only_problem(request, Field::kOther), HasSubstr("shift"));
  }
}

TEST(Validate, RefusesAShiftOfZero) {
  GenerationRequest request = good_request();
  request.shift = 0.0;
  only_problem(request, Field::kOther);
}

TEST(Validate, ReportsEveryProblemAtOnce) {
  GenerationRequest request;
  request.width = 7;
  request.steps = 0;
  request.count = 0;
  EXPECT_EQ(validate(request, kUnit).size(), 4U);  // prompt, size, steps, count
}

std::shared_ptr<const InitImage> picture_of(int width, int height) {
  auto init = std::make_shared<InitImage>();
  init->image = {width, height, std::vector<std::uint8_t>(3 * 64 * 64)};
  return init;
}

TEST(Validate, RefusesAStrengthThatIsNotAboveZeroOrAboveOne) {
  GenerationRequest request = good_request();
  request.init = picture_of(request.width, request.height);
  for (const double good : {1e-3, 0.6, 1.0}) {
    request.strength = good;
    EXPECT_TRUE(validate(request, kUnit).empty()) << good;
  }
  for (const double bad : {0.0, -0.5, 1.01, std::nan("")}) {
    request.strength = bad;
    EXPECT_THAT(only_problem(request, Field::kInit), HasSubstr("above 0 and at most 1"));
  }
  request.init = nullptr;
  EXPECT_TRUE(validate(request, kUnit).empty()) << "without a picture strength says nothing";
}

TEST(Validate, RefusesAPictureOfAnotherSize) {
  GenerationRequest request = good_request();
  request.init = picture_of(request.width + 1, request.height);
  EXPECT_THAT(only_problem(request, Field::kInit), HasSubstr("fit it"));
}

// Of the reference pipeline: t_start = int(N - min(N * strength, N)), in double precision; at least
// one step.
TEST(FirstStep, IsTheReferences) {
  const auto first = [](int steps, double strength) {
    GenerationRequest request;
    request.steps = steps;
    request.strength = strength;
    request.init = picture_of(512, 512);
    return first_step(request);
  };
  EXPECT_EQ(first(5, 0.6), 2);
  EXPECT_EQ(first(8, 0.3), 5);  // 8 - 2.4, cut off
  EXPECT_EQ(first(4, 0.6), 1);
  EXPECT_EQ(first(4, 1.0), 0);
  EXPECT_EQ(first(8, 0.01), 7);
  EXPECT_EQ(first(8, 1e-18), 7) << "a step is done however small the strength";
  EXPECT_EQ(first_step(GenerationRequest{}), 0);
}

TEST(StartOf, TellsAMaskFromAPictureFromNothing) {
  GenerationRequest request;
  EXPECT_EQ(start_of(request), StartFrom::kNoise);
  auto init = std::make_shared<InitImage>();
  request.init = init;
  EXPECT_EQ(start_of(request), StartFrom::kImage);
  init->repaint = GreyImage{};
  EXPECT_EQ(start_of(request), StartFrom::kMaskedImage);
}

TEST(StageNames, FollowTheOrderOfTheStages) {
  EXPECT_EQ(stage_name(Stage::kLoad), "load");
  EXPECT_EQ(stage_name(Stage::kEncode), "encode");
  EXPECT_EQ(stage_name(Stage::kDenoise), "denoise");
  EXPECT_EQ(stage_name(Stage::kDecode), "decode");
  EXPECT_EQ(stage_name(Stage::kSave), "save");
}

TEST(Generation, PicturesOfAJobHaveSeedsOneAfterTheOtherUnlessTheyVaryOne) {
  GenerationRequest request;
  request.seed = 7;
  request.count = 4;
  EXPECT_EQ(seed_of(request, 3), 10U);
  EXPECT_EQ(first_seed(request, 10, 3), 7U);
  EXPECT_EQ(rest_of(request, 3).seed, 10U);
  EXPECT_EQ(rest_of(request, 3).count, 1);
  request.variation = Variation{20, 0.1};
  EXPECT_EQ(seed_of(request, 3), 7U);
  EXPECT_EQ(first_seed(request, 7, 3), 7U);
  EXPECT_EQ(rest_of(request, 3).seed, 7U);
  EXPECT_EQ(rest_of(request, 3).variation->seed, 23U);
}

TEST(Generation, OfWhatIsSampledOneEndIsLeft) {
  GenerationRequest request;
  request.count = 4;
  request.width = request.height = 64;
  request.sampled = std::make_shared<SampledPicture>();
  EXPECT_EQ(pictures_of(request), 1);
  EXPECT_EQ(start_of(request), StartFrom::kSampled);
  EXPECT_TRUE(validate(request, 16).empty());  // its prompt was read
  request.width = 63;
  EXPECT_EQ(validate(request, 16).size(), 1U);
  const RunShape shape{.width = 64, .height = 64, .steps = 1, .start = StartFrom::kSampled};
  for (const Stage stage : {Stage::kLoad, Stage::kEncode, Stage::kEncodeImage, Stage::kDenoise}) {
    EXPECT_FALSE(has_stage(shape, stage)) << stage_name(stage);
  }
  EXPECT_TRUE(has_stage(shape, Stage::kDecode));
  EXPECT_TRUE(has_stage(shape, Stage::kSave));
}

TEST(Generation, WhatIsOnlyEnlargedIsCheckedForThat) {
  GenerationRequest request;
  request.prompt.clear();
  request.count = 3;
  request.width = 1500;
  request.height = 999;
  request.upscale = Upscale{"model.pth", 3};
  EXPECT_EQ(validate(request, 64).size(), 1U) << "of what picture?";
  request.origin = Origin{{"fox.png", "ab"}, "upscale:model.pth:3"};
  EXPECT_TRUE(validate(request, 64).empty()) << "of any size, and its prompt was read";
  EXPECT_EQ(size_before(request), (Size{500, 333}));
  EXPECT_EQ(pictures_of(request), 1);
  request.width = 16386;
  EXPECT_EQ(validate(request, 64).at(0).field, RequestProblem::Field::kSize);
  request.width = 1500;
  request.upscale->scale = 5;
  EXPECT_EQ(validate(request, 64).size(), 1U);
  EXPECT_FALSE(has_stage(RunShape{}, Stage::kUpscale));
  EXPECT_EQ(start_of(request), StartFrom::kFinished);
  for (const StageEntry& entry : kStages) {
    const bool is_gone_through = entry.stage == Stage::kUpscale || entry.stage == Stage::kSave;
    EXPECT_EQ(has_stage({.start = StartFrom::kFinished}, entry.stage), is_gone_through);
  }
  EXPECT_EQ(size_before(GenerationRequest{}), (Size{512, 512}));
}

}  // namespace
}  // namespace headroom
