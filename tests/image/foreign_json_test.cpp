#include "headroom/image/picture_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using testing::Contains;
using testing::Pair;
using testing::UnorderedElementsAre;

TEST(ForeignJson, ReadsSwarmUisSettings) {
  const auto read = parse_foreign_json(R"({"sui_image_params": {"prompt": "a red cat",
    "negativeprompt": "blurry", "seed": 5, "steps": 8, "cfgscale": 1.5, "width": 1024,
    "height": 768, "model": "x"}, "sui_extra_data": {"date": "today"}})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->source, "swarmui");
  EXPECT_EQ(read->request.prompt, "a red cat");
  EXPECT_EQ(read->request.negative_prompt, "blurry");
  EXPECT_EQ(read->request.seed, 5U);
  EXPECT_EQ(read->request.steps, 8);
  EXPECT_EQ(read->request.guidance_scale, 0.5);
  EXPECT_EQ(read->request.width, 1024);
  EXPECT_EQ(read->request.height, 768);
  EXPECT_THAT(read->unknown, UnorderedElementsAre(Pair("model", "x"),
                                                  Pair("sui_extra_data", R"({"date":"today"})")));
}

TEST(ForeignJson, ReadsFooocusSettingsOldAndNew) {
  const char* const now = R"json({"prompt": "a red cat", "negative_prompt": "b", "seed": "123",
      "resolution": "(1152, 896)", "steps": 30, "guidance_scale": 4})json";
  const char* const before = R"json({"Prompt": "a red cat", "Negative Prompt": "b", "Seed": 123,
      "Resolution": "(1152, 896)", "Steps": 30, "Guidance Scale": 4.0})json";
  for (const char* const text : {now, before}) {
    const auto read = parse_foreign_json(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->source, "fooocus");
    EXPECT_EQ(read->request.prompt, "a red cat");
    EXPECT_EQ(read->request.seed, 123U);
    EXPECT_EQ(read->request.width, 1152);
    EXPECT_EQ(read->request.height, 896);
    EXPECT_EQ(read->request.steps, 30);
    EXPECT_EQ(read->request.guidance_scale, 3);
  }
}

TEST(ForeignJson, ReadsInvokeAisSettingsOldAndNew) {
  const auto read = parse_foreign_json(R"({"app_version": "5.0", "positive_prompt": "a red cat",
    "negative_prompt": "", "width": 512, "height": 640, "seed": 7, "cfg_scale": 7.5,
    "steps": 30})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->source, "invokeai");
  EXPECT_EQ(read->request.prompt, "a red cat");
  EXPECT_EQ(read->request.height, 640);
  EXPECT_EQ(read->request.guidance_scale, 6.5);
  const auto old = parse_foreign_json(R"({"model": "stable diffusion", "image": {"prompt":
    [{"prompt": "a red cat", "weight": 1}], "steps": 50, "cfg_scale": 7.5, "seed": 9}})");
  ASSERT_TRUE(old);
  EXPECT_EQ(old->request.prompt, "a red cat");
  EXPECT_EQ(old->request.seed, 9U);
  EXPECT_THAT(old->unknown, Contains(Pair("model", "stable diffusion")));
}

TEST(ForeignJson, ReadsComfyUisGraphAlongItsLinks) {
  const auto read = parse_foreign_json(R"({
    "3": {"class_type": "KSampler", "inputs": {"seed": 5, "steps": 9, "cfg": 2.0,
          "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 896, "height": 1152}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["9", 0], "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
    "9": {"class_type": "PrimitiveString", "inputs": {"value": "a red cat"}}})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->source, "comfyui");
  EXPECT_EQ(read->request.prompt, "a red cat");
  EXPECT_EQ(read->request.negative_prompt, "blurry");
  EXPECT_EQ(read->request.seed, 5U);
  EXPECT_EQ(read->request.steps, 9);
  EXPECT_EQ(read->request.guidance_scale, 1);
  EXPECT_EQ(read->request.width, 896);
  EXPECT_EQ(read->request.height, 1152);
}

// Python's JSON has numbers that JSON has not; in quotes they are words.
TEST(ForeignJson, ReadsComfyUisAdvancedSamplerAndPythonsNumbers) {
  const auto read = parse_foreign_json(R"({
    "13": {"class_type": "SamplerCustomAdvanced", "is_changed": [NaN, -Infinity], "inputs": {
           "noise": ["25", 0], "guider": ["22", 0], "sampler": ["16", 0], "sigmas": ["17", 0],
           "latent_image": ["27", 0]}},
    "16": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
    "17": {"class_type": "BasicScheduler", "inputs": {"scheduler": "simple", "steps": 9}},
    "22": {"class_type": "CFGGuider", "inputs": {"cfg": 2.5, "positive": ["6", 0],
           "negative": ["7", 0]}},
    "25": {"class_type": "RandomNoise", "inputs": {"noise_seed": 5}},
    "27": {"class_type": "EmptySD3LatentImage", "inputs": {"width": 896, "height": 1152}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["9", 0]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "NaN \" Infinity"}},
    "9": {"class_type": "PrimitiveString", "inputs": {"value": "a red cat"}}})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->request.prompt, "a red cat");
  EXPECT_EQ(read->request.negative_prompt, "NaN \" Infinity");
  EXPECT_EQ(read->request.seed, 5U);
  EXPECT_EQ(read->request.steps, 9);
  EXPECT_EQ(read->request.guidance_scale, 1.5);
  EXPECT_EQ(read->request.width, 896);
  EXPECT_EQ(read->request.height, 1152);
}

TEST(ForeignJson, ReadsComfyUisGuiderWithoutANegative) {
  const auto read = parse_foreign_json(R"({
    "13": {"class_type": "SamplerCustomAdvanced", "inputs": {"noise": ["25", 0],
           "guider": ["22", 0]}},
    "22": {"class_type": "BasicGuider", "inputs": {"conditioning": ["26", 0]}},
    "25": {"class_type": "RandomNoise", "inputs": {"noise_seed": 7}},
    "26": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["6", 0]}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red cat"}}})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->request.prompt, "a red cat");
  EXPECT_EQ(read->request.seed, 7U);
}

TEST(ForeignJson, AGraphThatLeadsInACircleEnds) {
  EXPECT_FALSE(parse_foreign_json(R"({"3": {"class_type": "KSampler", "inputs":
    {"positive": ["3", 0], "seed": ["3", 0]}}})"));
}

TEST(ForeignJson, ListsValuesThatNoRequestCanHave) {
  const auto read = parse_foreign_json(
      R"({"prompt": "a", "seed": -2, "steps": 8.5, "width": 99999, "cfg_scale": "high"})");
  ASSERT_TRUE(read);
  EXPECT_THAT(read->unknown,
              UnorderedElementsAre(Pair("seed", "-2"), Pair("steps", "8.5"), Pair("width", "99999"),
                                   Pair("cfg_scale", "high")));
  EXPECT_THAT(read->found, UnorderedElementsAre("prompt"));
}

TEST(ForeignJson, WhatTellsNothingIsNoSettings) {
  for (const char* const text :
       {"", "{", "[]", "{}", "5", R"({"version": 1})", "a cat", "{\"\xFF"}) {
    EXPECT_FALSE(parse_foreign_json(text)) << text;
  }
  EXPECT_FALSE(parse_foreign_json(std::string(100'000, '[')));
  EXPECT_FALSE(parse_foreign_json(R"({"prompt": "a", "x": )" + std::string(100'000, '[')));
}

TEST(FindSettings, PrefersOurOwnEntryAndOfOthersTheLast) {
  const PngText ours{"headroom", R"({"request": {"prompt": "ours"}, "seed": 3})", true};
  const PngText first{"parameters", "first\nSteps: 4, Seed: 1", false};
  const PngText last{"parameters", "last\nSteps: 4, Seed: 2", false};
  EXPECT_EQ(find_settings({first, ours, last})->request.prompt, "ours");
  EXPECT_EQ(find_settings({first, last})->request.prompt, "last");
  EXPECT_EQ(find_settings({first, {"parameters", "no settings", false}})->request.prompt, "first");
  EXPECT_FALSE(find_settings({{"Comment", "hello", false}}));
}

TEST(FindSettings, ADamagedEntryOfOursIsNoReasonToReadNothing) {
  const PngText damaged{"headroom", R"({"request": {"steps": 0}})", true};
  const auto read = find_settings({damaged, {"parameters", "a\nSteps: 4, Seed: 1", false}});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->source, "parameters");
}

TEST(FindSettings, ReadsNovelAisPairOfEntries) {
  const auto read =
      find_settings({{"Description", "a red cat", false},
                     {"Comment", R"({"steps": 28, "height": 832, "width": 1216, "scale": 5,
                                     "seed": 11, "uc": "lowres"})",
                      false}});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->source, "novelai");
  EXPECT_EQ(read->request.prompt, "a red cat");
  EXPECT_EQ(read->request.negative_prompt, "lowres");
  EXPECT_EQ(read->request.guidance_scale, 4);
}

}  // namespace
}  // namespace headroom
