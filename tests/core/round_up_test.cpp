#include "headroom/core/round_up.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(RoundUp, GivesTheNextMultiple) {
  EXPECT_EQ(round_up(0, 32), 0);
  EXPECT_EQ(round_up(1, 32), 32);
  EXPECT_EQ(round_up(32, 32), 32);
  EXPECT_EQ(round_up(33, 32), 64);
  EXPECT_EQ(round_up(7, 1), 7);
  EXPECT_EQ(round_up((std::int64_t{1} << 40) + 1, 512), (std::int64_t{1} << 40) + 512);
}

}  // namespace
}  // namespace headroom
