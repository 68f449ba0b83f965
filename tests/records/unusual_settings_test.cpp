// Settings in pictures as few programs, or old ones, write them.
#include "headroom/records/a1111_text.h"
#include "headroom/records/find_settings.h"
#include "headroom/records/foreign_json.h"

#include <gmock/gmock.h>

namespace headroom {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Pair;

TEST(UnusualSettings, DecimalCommasBelongToTheirNumbers) {
  const ReadSettings read = parse_a1111_parameters(
      "a\nSteps: 9,CFG scale: 3,5,Seed: 7, Shift: 2,25, Size: 512x768, Some list: 1,2,3, Odd: 4");
  EXPECT_EQ(read.request.steps, 9);
  EXPECT_EQ(read.request.guidance_scale, 2.5);
  EXPECT_EQ(read.request.seed, 7U);
  EXPECT_EQ(read.request.shift, 2.25);
  EXPECT_EQ(read.request.width, 512);
  EXPECT_THAT(read.unknown, ElementsAre(Pair("Some list", "1,2,3"), Pair("Odd", "4")));
}

TEST(UnusualSettings, LinesMayEndWithCarriageReturnsAlone) {
  const ReadSettings read =
      parse_a1111_parameters("a red cat\rsitting\rNegative prompt: blurry\rSteps: 9, Seed: 7");
  EXPECT_EQ(read.request.prompt, "a red cat\nsitting");
  EXPECT_EQ(read.request.negative_prompt, "blurry");
  EXPECT_EQ(read.request.steps, 9);
}

TEST(UnusualSettings, DrawThingsDescriptionKeepsTheNegativePartApart) {
  const char* const settings =
      "\nSteps: 9, Sampler: Euler A, Guidance Scale: 4.5, Seed: 7, Size: 512x768, Model: "
      "z_image.ckpt, Strength: 1.0, Seed Mode: Scale Alike";
  const auto read = find_settings(
      {{"Description", std::string("a red cat,\non a mat\n-blurry, dark") + settings, false}});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->request.prompt, "a red cat,\non a mat");
  EXPECT_EQ(read->request.negative_prompt, "blurry, dark");
  EXPECT_EQ(read->request.guidance_scale, 3.5);
  EXPECT_EQ(read->request.seed, 7U);
  // Of other programs a line may begin so.
  EXPECT_EQ(parse_a1111_parameters("a\n-b\nSteps: 9, Seed: 7").request.prompt, "a\n-b");
}

TEST(UnusualSettings, NumbersThatAreNoneAreTold) {
  for (const char* const odd : {"NaN", "Infinity", "-Infinity"}) {
    const auto read = parse_foreign_json(
        R"({"3": {"class_type": "KSampler", "inputs": {"seed": 7, "steps": 9, "cfg": )" +
        std::string(odd) + R"(, "positive": ["6", 0]}},
           "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red cat"}}})");
    ASSERT_TRUE(read) << odd;
    EXPECT_EQ(read->request.steps, 9);
    EXPECT_THAT(read->unknown, Contains(Pair("cfg", odd)));
  }
}

}  // namespace
}  // namespace headroom
