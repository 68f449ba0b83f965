#include "headroom/pipeline/request_shape.h"

#include "dry_run.h"
#include "pipeline/run_support.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

GenerationRequest four_steps() {
  GenerationRequest request;
  request.prompt = "a red fox";
  request.negative_prompt = "blurry";
  request.width = 64;
  request.height = 128;
  request.steps = 4;
  request.shift = 1.0;  // the model's times at the steps: 0, 1/4, 2/4, 3/4
  request.guidance_scale = 2;
  return request;
}

TEST(RequestShape, CountsTheGuidedSteps) {
  GenerationRequest request = four_steps();
  const auto guided_steps = [&](double truncation) {
    request.cfg_truncation = truncation;
    return shape_of(request, 20, 8, SchedulerConfig{}).guided_steps;
  };
  EXPECT_EQ(guided_steps(1.0), 4);
  EXPECT_EQ(guided_steps(0.6), 3);
  EXPECT_EQ(guided_steps(0.1), 1);
  request.cfg_truncation = 1.0;
  const RunShape expected{64, 128, 4, 4, 20, 8};
  EXPECT_EQ(shape_of(request, 20, 8, SchedulerConfig{}), expected);
}

TEST(RequestShape, ReadsNoNegativePromptWithoutGuidance) {
  GenerationRequest request = four_steps();
  request.guidance_scale = 0;
  const RunShape expected{64, 128, 4, 0, 20, 0};
  EXPECT_EQ(shape_of(request, 20, 8, SchedulerConfig{}), expected);
}

TEST(RequestShape, HasThePromptsAsTheTextEncoderReadsThem) {
  const PromptTokenizer tokenizer(test::model_root("tiny") / "tokenizer");
  GenerationRequest request = four_steps();
  const auto shape = [&] { return shape_of(request, &tokenizer, SchedulerConfig{}); };
  const auto tokens = [&](const std::string& prompt) {
    return static_cast<int>(tokenizer.encode_prompt(prompt).size());
  };
  EXPECT_EQ(shape().prompt_tokens, tokens("a red fox"));
  EXPECT_EQ(shape().negative_tokens, tokens("blurry"));
  for (int i = 0; i < 9; ++i) request.prompt += " " + request.prompt;
  EXPECT_EQ(shape().prompt_tokens, static_cast<int>(PromptTokenizer::kMaxRead));
  EXPECT_EQ(shape_of(request, nullptr, SchedulerConfig{}).prompt_tokens, 64);
}

// What is replayed asks for as many branches as the run's steps do.
TEST(RequestShape, IsThatOfTheRequestThatIsReplayed) {
  const auto replayed = [](int steps, int guided) {
    return shape_of(dry_run_request({64, 128, steps, guided, 20, 8}, 2), 20, 8, SchedulerConfig{});
  };
  EXPECT_EQ(replayed(4, 0).guided_steps, 0);
  EXPECT_EQ(replayed(4, 1).guided_steps, 1);
  EXPECT_EQ(replayed(4, 2).guided_steps, 2);
  EXPECT_EQ(replayed(4, 4).guided_steps, 2);
  EXPECT_EQ(replayed(1, 1).guided_steps, 2) << "two stand for every step";
  EXPECT_EQ(replayed(4, 4).width, 64);
  EXPECT_EQ(replayed(4, 4).height, 128);
  EXPECT_EQ(replayed(4, 4).steps, 2);
}

}  // namespace
}  // namespace headroom
