#include "headroom/core/typed_settings.h"

#include "headroom/core/typed_numbers.h"

#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

constexpr const char* kParameters =
    "a cat, 4k\nNegative prompt: blur\nSteps: 30, Sampler: Euler, CFG scale: 4, Seed: 7, Size: "
    "832x1216, Model: m, Batch size: 2";

TypedSetting number(double value) { return {value}; }
TypedSetting scale(double value) { return {value, true}; }
TypedSetting sides(double own, double other) { return {own, false, other}; }

TEST(ParseSetting, ReadsNumbersWithAndWithoutTheirNames) {
  for (const char* const text :
       {"30", " 30\n", "\uFF13\uFF10", "30.0", "30 steps", "30 步", "Steps: 30", "steps=30",
        "STEPS 30", "--steps 30 --seed 5", "\"steps\": 30,", "{\"seed\":5,\"steps\":30}",
        "num_inference_steps=30", "Steps\uFF1A30", "步数：30", "Steps: 30, Seed: 5",
        "Steps: 30 CFG scale: 4", "Seed: 5\nSteps: 30", kParameters}) {
    EXPECT_EQ(parse_setting(NumberOf::kSteps, text), number(30)) << text;
  }
  EXPECT_EQ(parse_setting(NumberOf::kCount, "4 images"), number(4));
  EXPECT_EQ(parse_setting(NumberOf::kCount, kParameters), number(2));
  EXPECT_EQ(parse_setting(NumberOf::kAnything, "0,6"), number(0.6));
}

TEST(ParseSetting, RefusesWhatIsAnothersOrNoSingleNumber) {
  for (const char* const text :
       {"", "hello", "Seed: 5", "Hires steps: 10", "Steps: many", "Steps: 30x", "30 40",
        "Steps: 30, Steps: 20", "30 px", "1024x768", "Steps:", "-", "--steps", "steps", "16:9",
        "0x1F", "Steps: 1e999"}) {
    EXPECT_EQ(parse_setting(NumberOf::kSteps, text), std::nullopt) << text;
  }
}

TEST(ParseSetting, TakesFractionsAsTheyAreWritten) {
  for (const char* const text :
       {"3.5", "3,5", "Guidance: 3,5", "guidance_scale=3.5", "引导强度 3.5"})
    EXPECT_EQ(parse_setting(NumberOf::kGuidance, text), number(3.5)) << text;
  EXPECT_EQ(parse_setting(NumberOf::kSteps, "8.5"), number(8.5));
  EXPECT_EQ(parse_setting(NumberOf::kSteps, "1,000"), number(1000));
}

TEST(ParseSetting, RefusesWhatMayBeReadInTwoWaysWhereAWholeNumberIsWanted) {
  for (const NumberOf of : {NumberOf::kWhole, NumberOf::kSteps, NumberOf::kCount, NumberOf::kWidth,
                            NumberOf::kHeight}) {
    for (const char* const text : {"1.024", "8.000", "1 024", "1\u202F024", "1.024.000"})
      EXPECT_EQ(parse_setting(of, text), std::nullopt) << text;
    EXPECT_EQ(parse_setting(of, "1,024"), number(1024));
  }
  EXPECT_EQ(parse_setting(NumberOf::kWidth, "1.024 px"), std::nullopt);
  EXPECT_EQ(parse_setting(NumberOf::kWidth, "Width: 1.024"), std::nullopt);
  EXPECT_EQ(parse_setting(NumberOf::kSteps, "Steps: 8.000, Seed: 1"), std::nullopt);
  EXPECT_EQ(parse_typed_size("1.024x768"), std::nullopt);
  EXPECT_EQ(parse_typed_size("1.024 x 1.024"), std::nullopt);
  EXPECT_EQ(parse_typed_size("1 024x768"), std::nullopt);
  // A guidance of a thousand is not allowed: there is one way to read it.
  EXPECT_EQ(parse_setting(NumberOf::kGuidance, "1.024"), number(1.024));
  EXPECT_EQ(parse_setting(NumberOf::kAnything, "1.024"), number(1.024));
}

TEST(ParseSetting, TurnsTheUsualScaleIntoGuidance) {
  for (const char* const text :
       {"CFG scale: 4", "cfg_scale=4", "--cfg-scale 4", "CFG: 4.0", "\"cfg\": 4", kParameters})
    EXPECT_EQ(parse_setting(NumberOf::kGuidance, text), scale(3)) << text;
  EXPECT_EQ(parse_setting(NumberOf::kGuidance, "CFG scale: 1.1"), scale(0.1));
  EXPECT_EQ(parse_setting(NumberOf::kGuidance, "CFG scale: 3,5"), scale(2.5));
  EXPECT_EQ(parse_setting(NumberOf::kGuidance, "CFG scale: 4, Guidance: 3"), scale(3));
  EXPECT_EQ(parse_setting(NumberOf::kGuidance, "CFG scale: 1, Guidance: 3"), std::nullopt);
  EXPECT_EQ(parse_setting(NumberOf::kGuidance, "Distilled CFG Scale: 3.5"), std::nullopt);
}

TEST(ParseSetting, TakesBothSidesWhereBothAreThere) {
  for (const char* const text : {"1024x768", "1024 × 768", "1024*768", "1024px x 768px",
                                 "Size: 1024x768", "Width: 1024, Height: 768", "(1024, 768)"}) {
    EXPECT_EQ(parse_setting(NumberOf::kWidth, text), sides(1024, 768)) << text;
    EXPECT_EQ(parse_setting(NumberOf::kHeight, text), sides(768, 1024)) << text;
  }
  EXPECT_EQ(parse_setting(NumberOf::kWidth, kParameters), sides(832, 1216));
  for (const char* const text : {"1024px", "1024 PX", "1,024", "1024 像素", "Width: 1024px"})
    EXPECT_EQ(parse_setting(NumberOf::kWidth, text), number(1024)) << text;
  EXPECT_EQ(parse_setting(NumberOf::kHeight, "Width: 1024"), std::nullopt);
}

TEST(ParseSetting, RefusesWhatIsLongerThanAnyText) {
  const std::string most = std::string(kMaxTypedBytes - 10, 'a') + "\nSteps: 30";
  ASSERT_EQ(most.size(), kMaxTypedBytes);
  EXPECT_EQ(parse_setting(NumberOf::kSteps, most), number(30));
  EXPECT_EQ(parse_setting(NumberOf::kSteps, "a" + most), std::nullopt);
  EXPECT_EQ(parse_typed_size(std::string(kMaxTypedBytes, ' ') + "512x512"), std::nullopt);
}

TEST(ParseTypedSize, ReadsWhatPeopleCopy) {
  for (const char* const text :
       {"1024x768", "1024X768", "1024×768", "1024*768", "1024 x 768", "1024 by 768", "1024, 768",
        "1024,768", "[1024, 768]", "1024x768px", "1024 px x 768 px", "\"1024x768\"",
        "１０２４×７６８", "1,024x768", "-W 1024 -H 768", "w: 1024 h: 768", "尺寸：1024x768",
        "Steps: 8, Size: 1024x768, Seed: 1", "{\"width\": 1024, \"height\": 768}"}) {
    EXPECT_EQ(parse_typed_size(text), (Size{1024, 768})) << text;
  }
}

TEST(ParseTypedSize, ReadsWhatToStringWrites) {
  EXPECT_EQ(to_string(Size{1024, 576}), "1024×576");
  for (const SizePreset& preset : kSizePresets)
    EXPECT_EQ(parse_typed_size(to_string(preset.size)), preset.size);
}

TEST(ParseTypedSize, RefusesWhatHasNotTwoSides) {
  for (const char* const text :
       {"", "1024", "1,024", "x768", "1024x", "1024x768x3", "-1024x768", "1024.5x768", "16:9",
        "axb", "x", "512x", "5x-1", "1x99999999999", "Width: 1024", "99999999999x1", "1e300x1",
        "Width: 1e300, Height: 5"}) {
    EXPECT_EQ(parse_typed_size(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace headroom
