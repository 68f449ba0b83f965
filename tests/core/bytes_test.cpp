#include "headroom/core/bytes.h"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(FormatBytes, UsesGigabytesFromOneGibibyte) {
  EXPECT_EQ(format_bytes(kGiB), "1.0 GB");
  EXPECT_EQ(format_bytes(5 * kGiB + kGiB / 10), "5.1 GB");
  EXPECT_EQ(format_bytes(80 * kGiB), "80.0 GB");
}

TEST(FormatBytes, UsesMegabytesBelow) {
  EXPECT_EQ(format_bytes(312 * kMiB), "312 MB");
  EXPECT_EQ(format_bytes(kMiB), "1 MB");
  EXPECT_EQ(format_bytes(0), "0 MB");
}

TEST(FormatBytes, ShowsAFractionBelowOneMegabyte) { EXPECT_EQ(format_bytes(512 * kKiB), "0.5 MB"); }

TEST(FormatBytes, KeepsTheSign) {
  EXPECT_EQ(format_bytes(-2 * kGiB), "-2.0 GB");
  EXPECT_EQ(format_bytes(-300 * kMiB), "-300 MB");
}

TEST(FormatBytes, SurvivesTheExtremes) {
  EXPECT_EQ(format_bytes(std::numeric_limits<std::int64_t>::max()), "8589934592.0 GB");
  EXPECT_EQ(format_bytes(std::numeric_limits<std::int64_t>::min()), "-8589934592.0 GB");
}

TEST(ParseBytes, ReadsEveryDocumentedForm) {
  EXPECT_EQ(parse_bytes("6G"), 6 * kGiB);
  EXPECT_EQ(parse_bytes("512M"), 512 * kMiB);
  EXPECT_EQ(parse_bytes("6.5 GB"), 6 * kGiB + kGiB / 2);
  EXPECT_EQ(parse_bytes("800MiB"), 800 * kMiB);
  EXPECT_EQ(parse_bytes("1073741824"), kGiB);
}

TEST(ParseBytes, IsRelaxedAboutCaseAndSpace) {
  EXPECT_EQ(parse_bytes(" 6g "), 6 * kGiB);
  EXPECT_EQ(parse_bytes("4 kib"), 4 * kKiB);
  EXPECT_EQ(parse_bytes("1T"), 1024 * kGiB);
  EXPECT_EQ(parse_bytes("100 B"), 100);
  EXPECT_EQ(parse_bytes("0"), 0);
}

TEST(ParseBytes, RefusesWhatIsNotASize) {
  for (const char* text : {"", " ", "G", "six", "6X", "6 GB of memory", "6GBB", "6 iB", "1e9",
                           "0x10", "6G6", "nan", "inf", "1,5G", "+1", "."}) {
    EXPECT_EQ(parse_bytes(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(ParseBytes, RefusesNegativeNumbers) {
  EXPECT_EQ(parse_bytes("-1"), std::nullopt);
  EXPECT_EQ(parse_bytes("-6G"), std::nullopt);
}

TEST(ParseBytes, RefusesWhatDoesNotFit) {
  EXPECT_EQ(parse_bytes("9223372036854775808"), std::nullopt);  // 2^63
  EXPECT_EQ(parse_bytes("8388608T"), std::nullopt);             // 2^23 * 2^40
  EXPECT_EQ(parse_bytes("4194304T"), std::int64_t{1} << 62);    // 2^22 * 2^40
  EXPECT_EQ(parse_bytes("99999999999999999999999G"), std::nullopt);
}

}  // namespace
}  // namespace headroom
