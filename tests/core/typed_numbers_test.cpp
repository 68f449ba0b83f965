#include "headroom/core/typed_numbers.h"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace headroom {
namespace {

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();
const TypedSeed kRandom{};

TypedSeed seed(std::uint64_t value) { return {value}; }

TEST(ParseSeed, ReadsWholeNumbersOfAllSixtyFourBits) {
  EXPECT_EQ(parse_seed("0"), seed(0));
  EXPECT_EQ(parse_seed("42"), seed(42));
  EXPECT_EQ(parse_seed("18446744073709551615"), seed(kLargest));
  EXPECT_EQ(parse_seed("18446744073709551616"), std::nullopt);
}

TEST(ParseSeed, TakesMinusOneRandomAndNothingForANewSeed) {
  for (const char* const text : {"-1", " -1 ", "-1\n", "-1.0", "\u22121", "\uFF0D\uFF11", "random",
                                 "Random", "RANDOM", "随机", "\"random\"", "", "  ", "\n"}) {
    EXPECT_EQ(parse_seed(text), kRandom) << text;
  }
}

TEST(ParseSeed, ReadsDecimalsThatAreWholeNumbersExactly) {
  EXPECT_EQ(parse_seed("1.5e9"), seed(1500000000));
  EXPECT_EQ(parse_seed("8.0"), seed(8));
  EXPECT_EQ(parse_seed("1E3"), seed(1000));
  EXPECT_EQ(parse_seed("1.8446744073709551615e19"), seed(kLargest));  // a double cannot hold it
  EXPECT_EQ(parse_seed("0.0"), seed(0));
  EXPECT_EQ(parse_seed("-0"), seed(0));
}

TEST(ParseSeed, ForgivesWhatIsAroundANumber) {
  EXPECT_EQ(parse_seed("\t123 \r\n"), seed(123));
  EXPECT_EQ(parse_seed("\"123\""), seed(123));
  EXPECT_EQ(parse_seed("\u00A0123\u200B"), seed(123));
  EXPECT_EQ(parse_seed("+123"), seed(123));
  EXPECT_EQ(parse_seed("1,234"), seed(1234));
  EXPECT_EQ(parse_seed("18,446,744,073,709,551,615"), seed(kLargest));
  EXPECT_EQ(parse_seed("\uFF11\uFF12\uFF13"), seed(123));  // typed with a Chinese input method
}

TEST(ParseSeed, FindsTheSeedInAPicturesText) {
  EXPECT_EQ(parse_seed("Seed: 123, Size: 512x512"), seed(123));
  EXPECT_EQ(parse_seed("a cat, 4k\nSteps: 8, CFG scale: 1, Seed: 12, Size: 512x512"), seed(12));
  EXPECT_EQ(parse_seed("{\"steps\": 8, \"seed\": 7}"), seed(7));
  EXPECT_EQ(parse_seed("--seed 99"), seed(99));
  EXPECT_EQ(parse_seed("seed=5"), seed(5));
  EXPECT_EQ(parse_seed("Seed\uFF1A5"), seed(5));
  EXPECT_EQ(parse_seed("Seed: -1, Size: 512x512"), kRandom);
  EXPECT_EQ(parse_seed("Variation seed: 3, Seed: 4, Seed resize from: 1x1"), seed(4));
  EXPECT_EQ(parse_seed("Variation seed: 3"), std::nullopt);
}

TEST(ParseSeed, RefusesWhatIsNoSingleSeed) {
  for (const char* const text : {"-2",
                                 "1.5",
                                 "1e20",
                                 "1, 2, 3",
                                 "1 2",
                                 "123,45",
                                 "0x1F",
                                 "12abc",
                                 "abc",
                                 "--5",
                                 "1e",
                                 "e5",
                                 ".",
                                 "-",
                                 "inf",
                                 "nan",
                                 "512x512",
                                 "Size: 512x512",
                                 "a seed of 5 pumpkins",
                                 "1e99999999999"}) {
    EXPECT_EQ(parse_seed(text), std::nullopt) << text;
  }
}

TEST(ParseWhole, ReadsGroupsOfThree) {
  EXPECT_EQ(parse_whole("1,024"), 1024);
  EXPECT_EQ(parse_whole(" 12,345,678 "), 12'345'678);
  EXPECT_EQ(parse_whole("1,000,000"), 1'000'000);
  for (const char* const text :
       {"1,2", "1,0240", "1234,567", "1,,024", ",024", "1,024,", "1,02,4"}) {
    EXPECT_FALSE(parse_whole(text)) << text;
  }
}

TEST(ParseWhole, ReadsWholeNumbersAndNothingElse) {
  EXPECT_EQ(parse_whole(" 8 "), 8);
  EXPECT_EQ(parse_whole("8.0"), 8);
  EXPECT_EQ(parse_whole("-8"), -8);
  EXPECT_EQ(parse_whole("\uFF18"), 8);
  EXPECT_EQ(parse_whole("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  for (const char* const text : {"", "8.5", "8 steps", "9223372036854775808", "8x8", "1,2"}) {
    EXPECT_EQ(parse_whole(text), std::nullopt) << text;
  }
}

TEST(ParseWhole, RefusesWhatIsAFractionToOneAndAThousandToAnother) {
  for (const char* const text : {"1.024", "8.000", "12.000", "999.999", "-1.024", "+1.024",
                                 " 1.024 ", "\uFF11.\uFF10\uFF12\uFF14"}) {
    EXPECT_TRUE(reads_two_ways(text)) << text;
    EXPECT_EQ(parse_whole(text), std::nullopt) << text;
    EXPECT_EQ(parse_seed(text), std::nullopt) << text;
  }
  for (const char* const text : {"8.0", "8.00", "8.0000", "1024.000", "0.500", ".024", "1.024e3",
                                 "1,024", "1024", "1.024.000", "1 024", "512 768", "1.02a", ""}) {
    EXPECT_FALSE(reads_two_ways(text)) << text;
  }
  EXPECT_EQ(parse_whole("1024.000"), 1024);
  for (const char* const text : {"1.024.000", "1 024", "1\u00A0024", "512 768", "1'024"}) {
    EXPECT_EQ(parse_whole(text), std::nullopt) << text;
    EXPECT_EQ(parse_seed(text), std::nullopt) << text;
  }
}

TEST(ParseReal, ReadsPointsAndCommas) {
  EXPECT_EQ(parse_real(" 7.5 "), 7.5);
  EXPECT_EQ(parse_real("7,5"), 7.5);
  EXPECT_EQ(parse_real("+7"), 7.0);
  EXPECT_EQ(parse_real("-.5"), -0.5);
  EXPECT_EQ(parse_real("1e3"), 1000.0);
  for (const char* const text : {"", "1,2,3", "1,000.5", "inf", "nan", "1e999", "0x10", "7.5x"}) {
    EXPECT_EQ(parse_real(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace headroom
