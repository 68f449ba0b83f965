#include "headroom/pipeline/text_to_image.h"

#include "headroom/diffusion/noise.h"

#include "pipeline/run_support.h"
#include "prompt_ids.h"

#include <algorithm>
#include <limits>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

using test::FixtureCase;
using test::FixtureGroup;
using test::OpenModel;

class PipelineFixture : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { at::set_num_threads(1); }

  const c10::InferenceMode inference_;
  const FixtureGroup group_ = test::load_group(GetParam(), "pipeline");
};
INSTANTIATE_TEST_SUITE_P(Models, PipelineFixture, ::testing::ValuesIn(test::variants()),
                         [](const auto& p) { return p.param; });

// Text `item` of a prompt that may be one for all or a list.
std::string text_of(const nlohmann::json& params, const char* key, std::size_t item) {
  if (!params.contains(key)) return "";
  const auto& value = params.at(key);
  return value.is_array() ? value.at(item).get<std::string>() : value.get<std::string>();
}

// [3, H, W] in about -1..1 -> [H, W, 3] in 0..1, as the fixtures keep pictures.
at::Tensor to_unit_range(const at::Tensor& decoded) {
  return decoded.mul(0.5).add_(0.5).clamp_(0, 1).permute({1, 2, 0}).contiguous();
}

TEST_P(PipelineFixture, EveryStageOfEveryRunIsTheReferences) {
  OpenModel model(GetParam());
  const PromptTokenizer tokenizer(model.folder.root / "tokenizer");
  TextToImage networks(model.folder, {},
                       {model.text_encoder, model.transformer, model.vae, model.vae},
                       /*background=*/true);
  networks.prepare({});
  double features_atol = 0;  // the pipeline's fixtures give none for them
  for (const FixtureCase& c : test::load_group(GetParam(), "text_encoder").cases) {
    features_atol = std::max(features_atol, c.outputs.at("features").atol);
  }
  int items = 0, pictures = 0;
  for (const FixtureCase& c : group_.cases) {
    if (!test::is_text_to_image(c)) continue;
    const at::Tensor& start = c.inputs.at("start");  // [B, C, h, w]
    const at::Tensor noise = draw_noise(*test::request_of(c).seed, start.sizes());
    EXPECT_TRUE(test::same_bits(noise, start)) << c.name;
    for (std::int64_t b = 0; b < start.size(0); ++b, ++items) {
      SCOPED_TRACE(c.name + ", item " + std::to_string(b));
      GenerationRequest request = test::request_of(c);
      request.prompt = text_of(c.params, "prompt", static_cast<std::size_t>(b));
      request.negative_prompt = text_of(c.params, "negative", static_cast<std::size_t>(b));

      at::Tensor decoded;
      std::vector<at::Tensor> latents;
      RunHooks hooks;
      hooks.trace = [&](std::string_view name,
                        const at::Tensor& value) {  // worked on in place later
        if (name.starts_with("latents.")) latents.push_back(value.clone());
        if (name == "decoded") decoded = value.squeeze(0).clone();
      };
      const TextToImage::Features features =
          networks.encode(encode_prompts(&tokenizer, request), hooks);
      EXPECT_TRUE(test::within(features.cond, c.inputs.at("features_pos" + std::to_string(b)),
                               features_atol));
      EXPECT_EQ(features.uncond.defined(), request.guidance_scale > 0);
      if (features.uncond.defined()) {
        EXPECT_TRUE(test::within(features.uncond, c.inputs.at("features_neg" + std::to_string(b)),
                                 features_atol));
      }
      EXPECT_EQ(networks.latent_shape(request), start.select(0, b).sizes().vec());

      Sampling sampling{noise.select(0, b).clone()};
      networks.denoise(sampling, features, request, hooks);
      const at::Tensor& clean = sampling.latents;
      const test::Expected& steps = c.outputs.at("steps");  // [N, B, C, h, w]
      ASSERT_EQ(latents.size(), static_cast<std::size_t>(request.steps) + 1);
      EXPECT_TRUE(test::same_bits(latents.front(), start.select(0, b)));
      for (std::int64_t k = 0; k < request.steps; ++k) {
        EXPECT_TRUE(test::within(latents[static_cast<std::size_t>(k) + 1],
                                 steps.value.select(0, k).select(0, b), steps.atol))
            << "step " << k + 1;
      }

      const at::Tensor picture = networks.decode(clean, hooks);
      if (c.outputs.contains("image")) {
        const test::Expected& image = c.outputs.at("image");
        EXPECT_TRUE(test::within(to_unit_range(decoded), image.value.select(0, b), image.atol));
        ++pictures;
      }
      const test::Expected& u8 = c.outputs.at("u8");
      const at::Tensor expected = u8.value.select(0, b).contiguous();
      ASSERT_EQ(picture.sizes(), expected.sizes());
      EXPECT_TRUE(test::within_one_level(picture.const_data_ptr<std::uint8_t>(),
                                         expected.const_data_ptr<std::uint8_t>(), expected.nbytes(),
                                         u8.fraction_allowed));
    }
  }
  EXPECT_EQ(items, 15);  // 11 single runs and two batches of two
  EXPECT_GE(pictures, 2);
}

TEST_P(PipelineFixture, GuidanceOfZeroOrLessLeavesTheNegativePromptOut) {
  OpenModel model(GetParam());
  const PromptTokenizer tokenizer(model.folder.root / "tokenizer");
  GenerationRequest request;
  request.prompt = "a fox";
  request.negative_prompt = "blurry";
  for (const double guidance : {0.0, -3.0}) {
    request.guidance_scale = guidance;
    EXPECT_FALSE(is_guided(request));
    EXPECT_TRUE(encode_prompts(&tokenizer, request).negative.empty());
  }
  request.guidance_scale = 0.5;
  EXPECT_FALSE(encode_prompts(&tokenizer, request).negative.empty());
}

}  // namespace
}  // namespace headroom
