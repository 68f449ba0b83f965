#include "headroom/core/size.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(SizePreset, AreNamedInOneLine) { EXPECT_EQ(preset_names(), "512, 768, 1024, 16:9 or 9:16"); }

TEST(Presets, AreFoundByTheirTypedName) {
  EXPECT_EQ(find_preset("512")->size, (Size{512, 512}));
  EXPECT_EQ(find_preset("768")->size, (Size{768, 768}));
  EXPECT_EQ(find_preset("1024")->size, (Size{1024, 1024}));
  EXPECT_EQ(find_preset("16:9")->size, (Size{1024, 576}));
  EXPECT_EQ(find_preset("9:16")->size, (Size{576, 1024}));
}

TEST(Presets, UnknownNameGivesNothing) {
  EXPECT_FALSE(find_preset("640"));
  EXPECT_FALSE(find_preset(""));
  EXPECT_FALSE(find_preset("512 "));
}

TEST(Snap, RoundsToTheNearestMultiple) {
  EXPECT_EQ(snap({500, 524}, 16), (Size{496, 528}));  // 31.25 and 32.75 units
  EXPECT_EQ(snap({504, 512}, 16), (Size{512, 512}));  // half a unit goes up
  EXPECT_EQ(snap({768, 1024}, 16), (Size{768, 1024}));
}

TEST(Snap, GivesAtLeastOneUnit) {
  EXPECT_EQ(snap({0, -100}, 16), (Size{16, 16}));
  EXPECT_EQ(snap({1, 33}, 64), (Size{64, 64}));
}

TEST(Snap, StaysWithinTheLargestSide) {
  constexpr int kHuge = std::numeric_limits<int>::max();
  EXPECT_EQ(snap({kHuge, 9000}, 16), (Size{kMaxSide_px, kMaxSide_px}));
}

TEST(Snap, ResultIsAlwaysAMultipleInsideTheLimits) {
  for (const int unit : {1, 8, 16, 24, 32, 48, 64}) {
    for (int side = -10; side <= kMaxSide_px + 100; side += 37) {
      const Size size = snap({side, side}, unit);
      EXPECT_EQ(size.width % unit, 0) << side << " in units of " << unit;
      EXPECT_GE(size.width, unit);
      EXPECT_LE(size.width, kMaxSide_px) << side << " in units of " << unit;
    }
  }
}

// 48 does not divide the largest side: rounding up must not pass it.
TEST(Snap, StaysWithinTheLargestSideForAnyUnit) {
  EXPECT_EQ(snap({kMaxSide_px, kMaxSide_px}, 48), (Size{8160, 8160}));  // 170 * 48
}

}  // namespace
}  // namespace headroom
