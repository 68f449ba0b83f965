#include "headroom/core/sum_figures.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

constexpr std::int64_t mib(double n) { return static_cast<std::int64_t>(n * kMiB); }

void expect_shortage(double needed, double available, const char* a, const char* b, const char* c) {
  const Shortage found = shortage(mib(needed), mib(available));
  EXPECT_EQ(found.needed, a);
  EXPECT_EQ(found.available, b);
  EXPECT_EQ(found.missing, c);
}

TEST(SumFigures, AShortageAddsUp) {
  expect_shortage(18.4, 4.8, "18 MB", "5 MB", "13 MB");
  expect_shortage(18.4, 17.9, "18 MB", "17 MB", "1 MB");
  expect_shortage(0.4, 0, "1 MB", "0 MB", "1 MB");
  expect_shortage(18.4, 0, "18 MB", "0 MB", "18 MB");
  // 2.1777, 1.3516 and 0.8262 GB
  expect_shortage(2230, 1384, "2.18 GB", "1.35 GB", "0.83 GB");
  // 60 MB would be 0.06 GB: the unit is MB for all three
  expect_shortage(2230, 2170, "2230 MB", "2170 MB", "60 MB");
}

TEST(SumFigures, NoAmountIsBelowZero) { expect_shortage(18.4, -40, "18 MB", "0 MB", "18 MB"); }

TEST(SumFigures, AlwaysAddUp) {
  for (std::int64_t needed = 1; needed < 5 * kGiB; needed += 77'777'777) {
    for (std::int64_t available = 0; available < needed; available += 55'555'555) {
      const Shortage found = shortage(needed, available);
      const auto number = [](const std::string& text) { return std::stod(text); };
      EXPECT_NEAR(number(found.needed) - number(found.available), number(found.missing), 1e-9);
      EXPECT_GT(number(found.missing), 0);
    }
  }
}

}  // namespace
}  // namespace headroom
