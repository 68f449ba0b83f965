#include "headroom/records/foreign_json.h"

#include "headroom/image/picture_info.h"
#include "headroom/records/find_settings.h"

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

// As Z-Image-Turbo's own workflow has it: what is not wanted is the prompt with all words taken
// out.
TEST(ForeignJson, WhatIsZeroedOutIsNoNegativePrompt) {
  const auto read = parse_foreign_json(R"({
    "1": {"class_type": "UNETLoader", "inputs": {"unet_name": "z.safetensors"}},
    "2": {"class_type": "LoraLoaderModelOnly", "inputs": {"lora_name": "ink.safetensors",
          "strength_model": 0.8, "model": ["1", 0]}},
    "4": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red cat"}},
    "5": {"class_type": "ConditioningZeroOut", "inputs": {"conditioning": ["4", 0]}},
    "6": {"class_type": "ModelSamplingAuraFlow", "inputs": {"model": ["2", 0], "shift": 3.5}},
    "7": {"class_type": "EmptySD3LatentImage", "inputs": {"width": 896, "height": 1152}},
    "8": {"class_type": "KSampler", "inputs": {"seed": 5, "steps": 9, "cfg": 1, "denoise": 1,
          "sampler_name": "euler", "scheduler": "simple", "model": ["6", 0], "positive": ["4", 0],
          "negative": ["5", 0], "latent_image": ["7", 0]}}})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->request.prompt, "a red cat");
  EXPECT_EQ(read->request.negative_prompt, "");
  EXPECT_EQ(read->request.shift, 3.5);
  EXPECT_THAT(read->found, UnorderedElementsAre("prompt", "seed", "steps", "guidance", "shift",
                                                "width", "height"));
  EXPECT_THAT(
      read->unknown,
      UnorderedElementsAre(Pair("UNETLoader.unet_name", "z.safetensors"),
                           Pair("LoraLoaderModelOnly.lora_name", "ink.safetensors"),
                           Pair("LoraLoaderModelOnly.strength_model", "0.8"),
                           Pair("KSampler.sampler_name", "euler"),
                           Pair("KSampler.scheduler", "simple"), Pair("KSampler.denoise", "1")));
}

// Control networks and loaders have both sides in one node.
TEST(ForeignJson, KeepsAGraphsTwoSidesApart) {
  const auto control = parse_foreign_json(R"({
    "1": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red cat"}},
    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry"}},
    "3": {"class_type": "ControlNetApplyAdvanced", "inputs": {"positive": ["1", 0],
          "negative": ["2", 0], "strength": 1}},
    "4": {"class_type": "KSampler", "inputs": {"seed": 5, "positive": ["3", 0],
          "negative": ["3", 1]}}})");
  const auto loader = parse_foreign_json(R"json({
    "1": {"class_type": "Efficient Loader", "inputs": {"positive": "a red cat",
          "negative": "blurry", "empty_latent_width": 896, "empty_latent_height": 1152}},
    "2": {"class_type": "KSampler (Efficient)", "inputs": {
    "seed" : 5, "positive" : [ "1", 1 ], "negative" : [ "1", 2 ], "latent_image" : [ "1", 3 ]}
}
})json");
  for (const auto& read : {control, loader}) {
    ASSERT_TRUE(read);
    EXPECT_EQ(read->request.prompt, "a red cat");
    EXPECT_EQ(read->request.negative_prompt, "blurry");
  }
  EXPECT_EQ(loader->request.width, 896);
  EXPECT_EQ(loader->request.height, 1152);
}

TEST(ForeignJson, PutsTheTextsOfAGraphTogether) {
  const auto read = parse_foreign_json(R"json({
    "1": {"class_type": "PrimitiveStringMultiline", "inputs": {"value": "a red cat"}},
    "2": {"class_type": "StringConcatenate", "inputs": {"string_a": ["1", 0],
          "string_b": "on a sill", "delimiter": ", "}},
    "3": {"class_type": "ShowText|pysssss", "inputs": {"text": ["2", 0]}},
    "4": {"class_type": "CLIPTextEncode", "inputs": {"text": ["3", 0]}},
    "5": {"class_type": "CLIPTextEncodeFlux", "inputs": {"clip_l": "cat", "t5xxl": ["3", 0]}},
    "6": {"class_type": "ConditioningConcat", "inputs": {"conditioning_to": ["4", 0],
          "conditioning_from": ["5", 0]}},
    "7": {"class_type": "KSampler", "inputs": {"seed": ["8", 0], "positive": ["6", 0]}},
    "8": {"class_type": "Seed (rgthree)", "inputs": {
    "seed" : 5}
}
})json");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->request.prompt, "a red cat, on a sill");
  EXPECT_EQ(read->request.seed, 5U);
}

// The second enlarges what the first made; its key comes first in the order of the graph.
TEST(ForeignJson, ReadsTheSamplerThatBeginsWithNoise) {
  const auto read = parse_foreign_json(R"({
    "1": {"class_type": "KSampler", "inputs": {"seed": 6, "steps": 4, "positive": ["3", 0],
          "latent_image": ["4", 0]}},
    "2": {"class_type": "KSampler", "inputs": {"seed": 5, "steps": 9, "positive": ["3", 0],
          "latent_image": ["5", 0]}},
    "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red cat"}},
    "4": {"class_type": "LatentUpscale", "inputs": {"samples": ["2", 0], "width": 1792,
          "height": 2304}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": ["6", 0], "height": ["6", 1]}},
    "6": {"class_type": "Sizes", "inputs": {"width": 896, "height": 1152}}})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->request.seed, 5U);
  EXPECT_EQ(read->request.steps, 9);
  EXPECT_EQ(read->request.width, 896);
  EXPECT_EQ(read->request.height, 1152);
}

TEST(ForeignJson, AGraphThatLeadsInACircleEnds) {
  EXPECT_FALSE(parse_foreign_json(R"({"3": {"class_type": "KSampler", "inputs":
    {"positive": ["3", 0], "seed": ["3", 0]}}})"));
}

TEST(ForeignJson, ReadsInvokeAisBracketsAndGrids) {
  const auto read = parse_foreign_json(R"({"app_id": "invoke-ai/InvokeAI", "images": [
    {"prompt": [{"prompt": "a red cat [blurry] on a sill [low, quality]", "weight": 1}],
     "steps": 50, "cfg_scale": 7.5, "seed": 9, "sampler": "k_lms"}]})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->source, "invokeai");
  EXPECT_EQ(read->request.prompt, "a red cat on a sill");
  EXPECT_EQ(read->request.negative_prompt, "blurry low, quality");
  EXPECT_EQ(read->request.seed, 9U);
  EXPECT_THAT(read->unknown,
              UnorderedElementsAre(Pair("sampler", "k_lms"), Pair("app_id", "invoke-ai/InvokeAI")));
  // Elsewhere brackets are a prompt's own.
  EXPECT_EQ(parse_foreign_json(R"({"prompt": "a [red] cat", "seed": 1})")->request.prompt,
            "a [red] cat");
}

TEST(ForeignJson, OneValueThatIsNoJsonLeavesTheOthers) {
  const auto read = parse_foreign_json(
      R"({"prompt": "a \ud83d cat \uD83D\uDE00 \ude00 \\ud83d", "steps": 9, "seed": 7,
          "cfg_scale": 1e400, "shift": -1e999, "odd": [2e500, NaN]})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->request.prompt, "a \uFFFD cat \U0001F600 \uFFFD \\ud83d");
  EXPECT_EQ(read->request.steps, 9);
  EXPECT_EQ(read->request.seed, 7U);
  EXPECT_THAT(read->unknown, testing::Contains(testing::Pair("cfg_scale", "1e400")));
  EXPECT_THAT(read->unknown, testing::Contains(testing::Pair("shift", "-1e999")));
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

TEST(ForeignJson, AScaleBelowOneIsListed) {
  for (const char* const scale : {"0", "0.5", "-3", "101.5"}) {
    const auto read = parse_foreign_json(R"({"prompt": "a", "steps": 9, "cfg_scale": )" +
                                         std::string(scale) + "}");
    ASSERT_TRUE(read) << scale;
    EXPECT_EQ(read->request.steps, 9);
    EXPECT_FALSE(read->says("guidance")) << scale;
    EXPECT_THAT(read->unknown, UnorderedElementsAre(Pair("cfg_scale", scale)));
  }
  EXPECT_EQ(parse_foreign_json(R"({"prompt": "a", "cfg_scale": 1})")->request.guidance_scale, 0);
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
  const PictureText ours{"headroom", R"({"request": {"prompt": "ours"}, "seed": 3})", true};
  const PictureText first{"parameters", "first\nSteps: 4, Seed: 1", false};
  const PictureText last{"parameters", "last\nSteps: 4, Seed: 2", false};
  EXPECT_EQ(find_settings({first, ours, last})->request.prompt, "ours");
  EXPECT_EQ(find_settings({first, last})->request.prompt, "last");
  EXPECT_EQ(find_settings({first, {"parameters", "no settings", false}})->request.prompt, "first");
  EXPECT_FALSE(find_settings({{"Comment", "hello", false}}));
}

TEST(FindSettings, ADamagedEntryOfOursIsNoReasonToReadNothing) {
  const PictureText damaged{"headroom", R"({"request": {"steps": 0}})", true};
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

std::optional<ReadSettings> dream(const std::string& command) {
  return find_settings({{"Dream", command, false}});
}

TEST(FindSettings, ReadsInvokeAisCommand) {
  for (const char* const command :
       {R"("a "big" red cat, -s" -s 50 -S 123 -W 512 -H 640 -C 7.5 -A k_lms -hires_fix)",
        R"("a "big" red cat, -s" -s50 -S123 -W512 -H640 -C7.5 -A k_lms -hires_fix)",
        R"("a "big" red cat, -s" --steps=50 --seed 123 --width 512 --height=640 )"
        R"(--cfg_scale 7.5 -A "k_lms" -h"ires_fix")"}) {
    const auto read = dream(command);
    ASSERT_TRUE(read) << command;
    EXPECT_EQ(read->source, "invokeai");
    EXPECT_EQ(read->request.prompt, R"(a "big" red cat, -s)");
    EXPECT_EQ(read->request.steps, 50);
    EXPECT_EQ(read->request.seed, 123U);
    EXPECT_EQ(read->request.width, 512);
    EXPECT_EQ(read->request.height, 640);
    EXPECT_EQ(read->request.guidance_scale, 6.5);
    EXPECT_THAT(read->unknown, UnorderedElementsAre(Pair("-A", "k_lms"), Pair("-h", "ires_fix")));
  }
}

TEST(FindSettings, ReadsInvokeAisCommandWithoutQuotesAndWithBrackets) {
  const auto read = dream("a red cat [blurry, 狗] -s 8 -S -1 --hires_fix -G 0.8");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->request.prompt, "a red cat");
  EXPECT_EQ(read->request.negative_prompt, "blurry, 狗");
  EXPECT_FALSE(read->request.seed);
  EXPECT_THAT(read->unknown, UnorderedElementsAre(Pair("--hires_fix", ""), Pair("-G", "0.8")));
  EXPECT_EQ(dream("'a [red cat' -S 1")->request.prompt, "a [red cat");
}

TEST(FindSettings, ACommandWithoutOptionsIsText) {
  for (const std::string& command :
       {std::string(), std::string("\""), std::string("\"a cat\""), std::string("a cat"),
        std::string("a cat -G 0.8"), std::string("\"a cat\" and -s 5"),
        "\"a" + std::string(30'000, ' ') + "-s", std::string(20'000, '"') + " -z -z"}) {
    EXPECT_FALSE(dream(command)) << command.substr(0, 40);
  }
  std::string many = "a";
  for (int i = 0; i < 20'000; ++i) many += " -a";
  EXPECT_FALSE(dream(many));
}

TEST(FindSettings, ReadsEntriesThatAreOneSettingEach) {
  const auto easy = find_settings({{"prompt", "a red cat", false},
                                   {"negative_prompt", "blurry", false},
                                   {"seed", "123", false},
                                   {"num_inference_steps", "25", false},
                                   {"guidance_scale", "7.5", false},
                                   {"width", "512", false},
                                   {"height", "640", false},
                                   {"sampler_name", "euler_a", false},
                                   {"use_stable_diffusion_model", "x", false}});
  const auto older = find_settings({{"Prompt", "a red cat", false},
                                    {"Negative Prompt", "blurry", false},
                                    {"Seed", "123", false},
                                    {"Steps", "25", false},
                                    {"Guidance Scale", "7.5", false},
                                    {"Width", "512", false},
                                    {"Height", "640", false},
                                    {"Sampler", "euler_a", false},
                                    {"Stable Diffusion model", "x", false}});
  for (const auto& read : {easy, older}) {
    ASSERT_TRUE(read);
    EXPECT_EQ(read->source, "easy diffusion");
    EXPECT_TRUE(read->is_of_all_texts);
    EXPECT_EQ(read->request.prompt, "a red cat");
    EXPECT_EQ(read->request.negative_prompt, "blurry");
    EXPECT_EQ(read->request.seed, 123U);
    EXPECT_EQ(read->request.steps, 25);
    EXPECT_EQ(read->request.guidance_scale, 6.5);
    EXPECT_EQ(read->request.width, 512);
    EXPECT_EQ(read->request.height, 640);
    EXPECT_EQ(read->unknown.size(), 2U);
  }
  EXPECT_THAT(easy->unknown, UnorderedElementsAre(Pair("sampler_name", "euler_a"),
                                                  Pair("use_stable_diffusion_model", "x")));
  EXPECT_EQ(find_settings({{"prompt", "a", false}, {"seed", "1", false}})->source, "entries");
  EXPECT_FALSE(find_settings({{"prompt", "a cat", false}, {"Software", "x", false}}));
  EXPECT_FALSE(find_settings({{"prompt", "a cat", false}, {"seed", "many", false}}));
  EXPECT_FALSE(find_settings({{"Title", "a cat", false}, {"seed", "1", false}}));
}

}  // namespace
}  // namespace headroom
