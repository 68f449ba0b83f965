#include "headroom/memory/suggest.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <random>

#include <gtest/gtest.h>

namespace headroom {
namespace {

std::int64_t area(Size size) { return std::int64_t{size.width} * size.height; }

std::function<bool(Size)> area_up_to(std::int64_t limit) {
  return [limit](Size size) { return area(size) <= limit; };
}

constexpr Size kWide{1024, 576};
constexpr Size kTall{576, 1024};

TEST(Suggest, WalksDownTheSquarePresets) {
  const auto all_but_large = area_up_to(1024 * 1024 - 1);
  const auto small_only = area_up_to(512 * 512);
  EXPECT_EQ(suggest_size({1024, 1024}, 16, all_but_large), (Size{768, 768}));
  EXPECT_EQ(suggest_size({1024, 1024}, 16, small_only), (Size{512, 512}));
  EXPECT_EQ(suggest_size({768, 768}, 16, small_only), (Size{512, 512}));
}

TEST(Suggest, PrefersTheWantedRatioOverALargerPresetOfAnother) {
  // 1280 x 720 is 16:9 as well.
  EXPECT_EQ(suggest_size({1280, 720}, 16, area_up_to(800'000)), kWide);
  EXPECT_EQ(suggest_size({720, 1280}, 16, area_up_to(800'000)), kTall);
  EXPECT_EQ(suggest_size({2048, 2048}, 16, area_up_to(800'000)), (Size{768, 768}));
}

TEST(Suggest, TakesAPresetOfAnotherRatioWhenNoneOfTheSameFits) {
  EXPECT_EQ(suggest_size(kWide, 16, area_up_to(512 * 512)), (Size{512, 512}));
}

TEST(Suggest, LeavesOutPresetsThatTheModelCannotDraw) {
  // 576 is no multiple of 128, 512, 768 and 1024 are.
  EXPECT_EQ(suggest_size({1280, 720}, 128, area_up_to(589'824)), (Size{768, 768}));
}

TEST(Suggest, ShrinksTheWantedSizeWhenNoPresetFits) {
  EXPECT_EQ(suggest_size({512, 512}, 16, area_up_to(300 * 300)), (Size{288, 288}));
  EXPECT_EQ(suggest_size(kWide, 64, area_up_to(512 * 256)), (Size{512, 256}));  // 288 is no size
  EXPECT_EQ(suggest_size(kWide, 64, area_up_to(512 * 256 - 1)), (Size{448, 192}));
}

TEST(Suggest, FindsTheLargestSquareExactly) {
  for (int side = 16; side < 512; side += 16) {
    for (const int wanted : {512, 768, 1008, 1056, 1712}) {
      EXPECT_EQ(suggest_size({wanted, wanted}, 16, area_up_to(side * side)), (Size{side, side}))
          << "wanted " << wanted;
    }
  }
}

TEST(Suggest, SaysNothingWhenNotEvenOneUnitFits) {
  const auto never = [](Size) { return false; };
  EXPECT_EQ(suggest_size({1024, 1024}, 16, never), std::nullopt);
  EXPECT_EQ(suggest_size({16, 16}, 16, never), std::nullopt);
  EXPECT_EQ(suggest_size({1024, 16}, 16, area_up_to(255)), std::nullopt);
}

// Any monotone cost: area, longer side and a step that depends on alignment in one direction.
TEST(Suggest, OffersSomethingSmallerThatFitsWheneverOneUnitFits) {
  std::mt19937 random(7);
  const auto draw = [&](int low, int high) {
    return std::uniform_int_distribution(low, high)(random);
  };
  for (int round = 0; round < 3000; ++round) {
    const int unit = 16 << draw(0, 2);
    const std::int64_t per_pixel = draw(0, 20);
    const std::int64_t per_width = draw(0, 4000);
    const std::int64_t per_height = draw(0, 4000);
    const auto cost = [&](Size s) {
      return per_pixel * area(s) + per_width * s.width + per_height * s.height + 1;
    };
    const Size wanted{draw(1, 2048 / unit) * unit, draw(1, 2048 / unit) * unit};
    const std::int64_t budget = draw(0, 1000) * cost(wanted) / 1001;  // less than cost(wanted)
    const auto fits = [&](Size s) { return cost(s) <= budget; };
    const std::optional<Size> offer = suggest_size(wanted, unit, fits);
    if (!offer) {
      const Size smallest{unit, unit};
      EXPECT_FALSE(wanted != smallest && fits(smallest)) << to_string(wanted);
      continue;
    }
    EXPECT_TRUE(fits(*offer)) << to_string(wanted) << " -> " << to_string(*offer);
    EXPECT_LT(area(*offer), area(wanted)) << to_string(wanted) << " -> " << to_string(*offer);
    EXPECT_EQ(offer->width % unit, 0);
    EXPECT_EQ(offer->height % unit, 0);
  }
}

TEST(Suggest, MoreMemoryNeverMeansASmallerSquare) {
  std::int64_t before = 0;
  for (std::int64_t limit = 256; limit < 1024 * 1024; limit = limit * 9 / 8 + 1) {
    const auto offer = suggest_size({1024, 1024}, 16, area_up_to(limit));
    ASSERT_TRUE(offer) << limit;
    EXPECT_GE(area(*offer), before) << limit;
    before = area(*offer);
  }
}

}  // namespace
}  // namespace headroom
