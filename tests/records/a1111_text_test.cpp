#include "headroom/records/a1111_text.h"

#include "headroom/records/read_settings.h"

#include "support/expect_error.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::expect_error;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

GeneratedImage picture(std::uint64_t seed, const std::string& model = "Z-Image-Turbo") {
  GeneratedImage made;
  made.seed = seed;
  made.run_record.model = model;
  made.run_record.version = "0.1.0";
  return made;
}

GenerationRequest request_for(const std::string& prompt, const std::string& negative = "") {
  GenerationRequest request;
  request.prompt = prompt;
  request.negative_prompt = negative;
  request.seed = 1;
  return request;
}

GenerationRequest round_trip(const GenerationRequest& request) {
  return parse_a1111_parameters(a1111_parameters(request, picture(*request.seed))).request;
}

TEST(A1111, WritesTheUsualText) {
  GenerationRequest request = request_for("a cat", "blurry, \"bad\"");
  request.width = 1024;
  request.height = 576;
  request.guidance_scale = 3;
  EXPECT_EQ(
      a1111_parameters(request, picture(7)),
      "a cat\nNegative prompt: blurry, \"bad\"\nSteps: 8, Sampler: Euler, CFG scale: 4, Seed: 7, "
      "Size: 1024x576, Model: Z-Image-Turbo, Version: Headroom 0.1.0");
}

TEST(A1111, LeavesOutWhatIsNotUsed) {
  EXPECT_EQ(a1111_parameters(request_for("a cat"), GeneratedImage{}),
            "a cat\nSteps: 8, Sampler: Euler, CFG scale: 1, Seed: 0, Size: 512x512");
}

TEST(A1111, WritesThisProgramsOwnSettings) {
  GenerationRequest request = request_for("a");
  request.shift = 6.5;
  request.cfg_normalization = 1;
  request.cfg_truncation = 0.7;
  EXPECT_THAT(a1111_parameters(request, picture(1)),
              HasSubstr(", Shift: 6.5, CFG normalization: 1, CFG truncation: 0.7"));
  EXPECT_EQ(round_trip(request), request);
}

// As that program does: tags in the prompt, hashes by name.
TEST(A1111, WritesTheHashesOfLoras) {
  const GenerationRequest request = request_for("a cat <lora:ink:0.8> <lora:b c:-1>");
  GeneratedImage made = picture(1);
  made.loras = {{"ink", 0.8, "0123456789ab"}, {"b c", -1, "ba9876543210"}};
  const std::string text = a1111_parameters(request, made);
  EXPECT_THAT(text, AllOf(HasSubstr("a cat <lora:ink:0.8> <lora:b c:-1>\nSteps"),
                          HasSubstr(", Lora hashes: \"ink: 0123456789ab, b c: ba9876543210\", ")));
  const ReadSettings read = parse_a1111_parameters(text);
  EXPECT_EQ(read.request.prompt, request.prompt);
  EXPECT_THAT(read.unknown,
              testing::Contains(Pair("Lora hashes", "ink: 0123456789ab, b c: ba9876543210")));
}

// By the first ten digits; what is made of several files has no such hash.
TEST(A1111, WritesTheHashesOfTheModelsFiles) {
  GeneratedImage made = picture(1);
  const std::string transformer = "0123456789" + std::string(54, 'a');
  const std::string vae = "fedcba9876" + std::string(54, 'b');
  made.run_record.model_files = {{"transformer", "z.gguf", transformer},
                                 {"text_encoder", "1.safetensors", vae},
                                 {"vae", "ae.safetensors", vae}};
  EXPECT_THAT(a1111_parameters(request_for("a"), made),
              HasSubstr(", Model hash: 0123456789, Model: Z-Image-Turbo, VAE hash: fedcba9876, "));
  made.run_record.model_files = {{"transformer", "1.safetensors", transformer},
                                 {"transformer", "2.safetensors", vae}};
  EXPECT_THAT(a1111_parameters(request_for("a"), made), testing::Not(HasSubstr("hash")));
}

TEST(A1111, QuotesValuesThatWouldEndEarly) {
  const auto written = [](const std::string& model) {
    return a1111_parameters(request_for("a"), picture(1, model));
  };
  EXPECT_THAT(written("a, b"), HasSubstr("Model: \"a, b\", Version"));
  EXPECT_THAT(written("a: b"), HasSubstr("Model: \"a: b\", Version"));
  EXPECT_THAT(written("a\nb"), HasSubstr("Model: \"a\\nb\", Version"));
  EXPECT_THAT(written("猫, \"x\\"), HasSubstr("Model: \"猫, \\\"x\\\\\", Version"));
  for (const char* model : {"a, b", "a: b", "a\nb", "\"a\"", "猫, \"x\\", "say \"hi\""}) {
    const ReadSettings read = parse_a1111_parameters(written(model));
    EXPECT_THAT(read.unknown, ElementsAre(Pair("Sampler", "Euler"), Pair("Model", model),
                                          Pair("Version", "Headroom 0.1.0")));
  }
}

TEST(A1111, RequestsComeBack) {
  for (const char* prompt : {"a cat", "two\nlines", "\"quoted\", with: colons",
                             "Steps: 3, not settings\nb", "trailing newline\n", "", "一只猫 😀"}) {
    for (const char* negative : {"", "bad", "two\n\nlines, Seed: 3", "Negative prompt: twice"}) {
      const GenerationRequest request = request_for(prompt, negative);
      EXPECT_EQ(round_trip(request), request) << prompt << " / " << negative;
    }
  }
}

TEST(A1111, NumbersComeBackExactly) {
  GenerationRequest request = request_for("a");
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{9007199254740993},
                                   std::numeric_limits<std::uint64_t>::max()}) {
    request.seed = seed;
    EXPECT_EQ(round_trip(request).seed, seed);
  }
  for (const double guidance : {0.0, 0.1, 0.7, 2.3, 3.5, 6.05, 100.0}) {
    request.guidance_scale = guidance;
    EXPECT_EQ(round_trip(request).guidance_scale, guidance);
  }
}

TEST(A1111, ReadsTheWebUisText) {
  const ReadSettings read = parse_a1111_parameters(
      "masterpiece, (cat:1.2),\nsitting\r\nNegative prompt: lowres,\nbad hands\nSteps: 20, "
      "Sampler: DPM++ 2M, "
      "Schedule type: Karras, CFG scale: 7, Seed: 965400086, Size: 512x768, Model hash: "
      "6ce0161689, "
      "Lora hashes: \"a: 1, b: 2\", Denoising strength: 0.7, Version: v1.6.0\n");
  EXPECT_EQ(read.source, "parameters");
  EXPECT_EQ(read.request.prompt, "masterpiece, (cat:1.2),\nsitting");
  EXPECT_EQ(read.request.negative_prompt, "lowres,\nbad hands");
  EXPECT_EQ(read.request.steps, 20);
  EXPECT_EQ(read.request.guidance_scale, 6);
  EXPECT_EQ(read.request.seed, 965400086U);
  EXPECT_EQ(read.request.width, 512);
  EXPECT_EQ(read.request.height, 768);
  EXPECT_EQ(read.request.count, 1);
  EXPECT_THAT(read.unknown,
              ElementsAre(Pair("Sampler", "DPM++ 2M"), Pair("Schedule type", "Karras"),
                          Pair("Model hash", "6ce0161689"), Pair("Lora hashes", "a: 1, b: 2"),
                          Pair("Denoising strength", "0.7"), Pair("Version", "v1.6.0")));
}

TEST(A1111, KeepsWhatItDoesNotUnderstand) {
  const ReadSettings read =
      parse_a1111_parameters("a\nSteps: 4, stray words, Odd: \"not closed, Seed: 5, , Last:");
  EXPECT_EQ(read.request.steps, 4);
  EXPECT_EQ(read.request.seed, 5U);
  EXPECT_THAT(read.unknown,
              ElementsAre(Pair("stray words", ""), Pair("Odd", "\"not closed"), Pair("Last", "")));
}

TEST(A1111, AScaleBelowOneIsListed) {
  const ReadSettings read = parse_a1111_parameters("a\nSteps: 4, CFG scale: 0.5, Seed: 5");
  EXPECT_FALSE(read.says("guidance"));
  EXPECT_EQ(read.request.seed, 5U);
  EXPECT_THAT(read.unknown, ElementsAre(Pair("CFG scale", "0.5")));
}

TEST(A1111, MinusOneIsNoSeed) {
  EXPECT_EQ(parse_a1111_parameters("a\nSteps: 4, Seed: -1").request.seed, std::nullopt);
}

TEST(A1111, ReadsASettingsLineAlone) {
  const ReadSettings read = parse_a1111_parameters("Steps: 4");
  EXPECT_EQ(read.request.prompt, "");
  EXPECT_EQ(read.request.steps, 4);
  EXPECT_THAT(read.unknown, IsEmpty());
}

TEST(A1111, ZeroBytesAndForeignEncodingsBecomeReadable) {
  GenerationRequest request = request_for(std::string("a\0b", 3));
  const std::string text = a1111_parameters(request, picture(1, "mod\xE8le"));
  EXPECT_THAT(text, AllOf(HasSubstr("a b\n"), HasSubstr("Model: mod\xEF\xBF\xBDle")));
}

TEST(A1111, ReadsSettingsThatBeginWithAnotherKey) {
  EXPECT_EQ(parse_a1111_parameters("a\nSeed: 3, Steps: 4").request.seed, 3U);
  const ReadSettings read = parse_a1111_parameters(
      "a red cat\nNegative prompt: blurry\nSampler: Euler a, Steps: 20, CFG scale: 7, Seed: 12");
  EXPECT_EQ(read.request.prompt, "a red cat");
  EXPECT_EQ(read.request.negative_prompt, "blurry");
  EXPECT_EQ(read.request.steps, 20);
  EXPECT_EQ(read.request.seed, 12U);
}

TEST(A1111, ListsTheLinesAfterTheSettings) {
  const ReadSettings read = parse_a1111_parameters(
      "a red cat\nSteps: 20, Seed: 12, Size: 512x512\nTemplate: a {red|blue} cat, Seed: 5\n"
      "Negative Template: blurry\n\nsomething else");
  EXPECT_EQ(read.request.prompt, "a red cat");
  EXPECT_EQ(read.request.seed, 12U);
  EXPECT_THAT(read.unknown,
              ElementsAre(Pair("Template", "a {red|blue} cat, Seed: 5"),
                          Pair("Negative Template", "blurry"), Pair("something else", "")));
}

TEST(A1111, ReadsAPictureThatWasOnlyUpscaled) {
  const ReadSettings read =
      parse_a1111_parameters("Postprocess upscale by: 4, Postprocess upscaler: ESRGAN");
  EXPECT_THAT(read.found, IsEmpty());
  EXPECT_THAT(read.unknown, ElementsAre(Pair("Postprocess upscale by", "4"),
                                        Pair("Postprocess upscaler", "ESRGAN")));
}

TEST(A1111, KeepsListsInBracketsWhole) {
  const ReadSettings read = parse_a1111_parameters(
      R"(a
Steps: 20, Civitai resources: [{"type":"lora","weight":0.8,"note":"a ] b"},{"id":5}], Seed: 12)");
  EXPECT_EQ(read.request.seed, 12U);
  EXPECT_THAT(read.unknown,
              ElementsAre(Pair("Civitai resources",
                               R"([{"type":"lora","weight":0.8,"note":"a ] b"},{"id":5}])")));
}

TEST(A1111, SaysWhatWasFoundAndShowsTheText) {
  const std::string text = "a cat\nSteps: 4, Seed: 7, Size: 64x32";
  const ReadSettings read = parse_a1111_parameters(text);
  EXPECT_THAT(read.found,
              testing::UnorderedElementsAre("prompt", "steps", "seed", "width", "height"));
  EXPECT_EQ(read.text, text);
}

TEST(A1111, RefusesTextWithoutSettings) {
  for (const char* text : {"", "\n\n", "just a prompt", "a\nSize: large, Seed of doubt",
                           "{\"a\": 1}", "a house with: a garden, a dog"}) {
    expect_error(ErrorKind::kInvalidRequest, HasSubstr("no line holds settings"),
                 [&] { (void)parse_a1111_parameters(text); });
  }
  for (const std::string& text :
       {std::string("a\nNegative prompt: \xFF\nSteps: 1"), std::string("a\nSteps: 1\0", 11)}) {
    expect_error(ErrorKind::kInvalidRequest, HasSubstr("not UTF-8 text"),
                 [&] { (void)parse_a1111_parameters(text); });
  }
}

TEST(A1111, ReadsWholeNumbersThatAreWrittenAsFractions) {
  const ReadSettings read = parse_a1111_parameters("a\nSteps: 8.0, Seed: 12.0, CFG scale: 7,");
  EXPECT_EQ(read.request.steps, 8);
  EXPECT_EQ(read.request.seed, 12U);
  EXPECT_THAT(read.unknown, IsEmpty());
}

TEST(A1111, ListsValuesThatNoRequestCanHaveAndReadsTheRest) {
  const auto expect_listed = [](const std::string& key, const std::string& value) {
    const ReadSettings read =
        parse_a1111_parameters("a\nSteps: 9, CFG scale: 3, Seed: 5, " + key + ": " + value);
    GenerationRequest expected;
    expected.prompt = "a";
    expected.steps = 9;
    expected.guidance_scale = 2;
    expected.seed = 5;
    EXPECT_EQ(read.request, expected) << key << " " << value;
    EXPECT_THAT(read.unknown, ElementsAre(Pair(key, value)));
  };
  for (const char* steps : {"", "x", "0", "1001", "8.5", "8 steps", "-1", "99999999999999999999"}) {
    expect_listed("Steps", steps);
  }
  for (const char* scale : {"x", "101.5", "-99.5", "nan", "inf"}) expect_listed("CFG scale", scale);
  for (const char* seed : {"", "-2", "1.5", "18446744073709551616"}) expect_listed("Seed", seed);
  for (const char* size : {"512", "512x", "0x0", "15x512", "10240x1024", "512x512x512"}) {
    expect_listed("Size", size);
  }
  expect_listed("Shift", "0");
  expect_listed("CFG normalization", "-1");
  expect_listed("CFG truncation", "two");
  const ReadSettings read = parse_a1111_parameters(std::string(65537, 'x') + "\nSteps: 1");
  EXPECT_EQ(read.request.prompt, "");
  EXPECT_THAT(read.unknown, ElementsAre(Pair("prompt", testing::SizeIs(65537))));
}

}  // namespace
}  // namespace headroom
