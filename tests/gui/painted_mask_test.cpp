#include "headroom/gui_state/painted_mask.h"

#include "headroom/image/resize.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

constexpr MaskPart kWhole{0, 0, 64, 48};

int painted(const PaintedMask& mask) {
  const Size size = mask.size();
  return static_cast<int>(
      std::lround(mask.share({0, 0, size.width, size.height}) * size.width * size.height));
}

TEST(PaintedMask, HasAPixelForEachOfThePictureUpToItsMost) {
  EXPECT_EQ(PaintedMask({64, 48}).size(), (Size{64, 48}));
  EXPECT_EQ(PaintedMask({4096, 2048}).size(), (Size{1024, 512}));
  EXPECT_EQ(PaintedMask({9000, 3}).size(), (Size{1024, 1})) << "never without a pixel";
  EXPECT_TRUE(PaintedMask({64, 48}).is_empty());
  EXPECT_EQ(PaintedMask({64, 48}).share(kWhole), 0);
}

TEST(PaintedMask, AStrokeIsRoundAtBothEndsAndStraightBetween) {
  PaintedMask mask({200, 100});
  mask.stroke({50, 50}, {150, 50}, 20, true);
  const double area = 100 * 20 + std::numbers::pi * 10 * 10;
  EXPECT_NEAR(painted(mask), area, 0.02 * area);
  EXPECT_TRUE(mask.at(50, 41) && mask.at(149, 58) && mask.at(41, 50));
  EXPECT_FALSE(mask.at(50, 39) || mask.at(38, 50) || mask.at(41, 41));
  mask.stroke({100, 0}, {100, 100}, 10, false);
  EXPECT_FALSE(mask.at(100, 50)) << "taken away across";
  EXPECT_TRUE(mask.at(90, 50) && mask.at(110, 50));
}

TEST(PaintedMask, AClickOfAFineBrushPaintsAPixelAndNothingOutside) {
  PaintedMask mask({64, 48});
  mask.stroke({3.5, 4.5}, {3.5, 4.5}, 1, true);
  EXPECT_EQ(painted(mask), 1);
  EXPECT_TRUE(mask.at(3, 4));
  mask.stroke({-100, -100}, {-50, -80}, 30, true);
  mask.stroke({1000, 20}, {2000, 30}, 30, true);
  EXPECT_EQ(painted(mask), 1);
}

TEST(PaintedMask, ABoxIsTheSameFromEachCornerAndEndsAtThePicture) {
  PaintedMask one({64, 48});
  PaintedMask other({64, 48});
  one.box({10, 20}, {30, 25}, true);
  other.box({30, 20}, {10, 25}, true);
  EXPECT_EQ(one, other);
  EXPECT_EQ(painted(one), 20 * 5);
  EXPECT_TRUE(one.at(10, 20) && one.at(29, 24));
  EXPECT_FALSE(one.at(9, 20) || one.at(30, 20) || one.at(10, 25));
  one.box({-5, -5}, {100, 100}, true);
  EXPECT_EQ(one.share(kWhole), 1);
  one.box({40, 40}, {40, 45}, false);
  EXPECT_EQ(one.share(kWhole), 1) << "a box without width takes nothing";
}

TEST(PaintedMask, AnOutlineIsFilledAndAPatchIsTakenAway) {
  PaintedMask mask({64, 48});
  mask.box({10, 10}, {30, 30}, true);
  mask.box({12, 12}, {28, 28}, false);
  mask.flood({20, 20}, true);
  EXPECT_EQ(painted(mask), 20 * 20);
  mask.box({40, 10}, {44, 14}, true);
  mask.flood({20, 20}, false);
  EXPECT_EQ(painted(mask), 4 * 4) << "only what is connected";
  mask.flood({-1, 20}, true);
  mask.flood({20, 48}, true);
  EXPECT_EQ(painted(mask), 4 * 4) << "outside is nothing";
  mask.flood({42, 12}, true);
  EXPECT_EQ(painted(mask), 4 * 4) << "it is painted already";
}

TEST(PaintedMask, InvertingTwiceChangesNothing) {
  PaintedMask mask({64, 48});
  mask.box({0, 0}, {16, 48}, true);
  const PaintedMask before = mask;
  mask.invert();
  EXPECT_DOUBLE_EQ(mask.share(kWhole), 0.75);
  mask.invert();
  EXPECT_EQ(mask, before);
}

// The part of the picture is the one that fit() leaves.
TEST(PaintedMask, OnlyThePartThatIsUsedCounts) {
  PaintedMask mask({64, 48});
  const MaskPart square = mask.used_for({512, 512});
  EXPECT_EQ(square.x0, 8);
  EXPECT_EQ(square.x1, 56);
  EXPECT_EQ(square.y0, 0);
  EXPECT_EQ(square.y1, 48);
  mask.box({0, 0}, {8, 48}, true);
  EXPECT_EQ(mask.share(square), 0) << "it lies in what is cut off";
  EXPECT_GT(mask.share(mask.used_for({640, 480})), 0.12);
  mask.box({8, 0}, {20, 48}, true);
  EXPECT_DOUBLE_EQ(mask.share(square), 0.25);
  // The same cut as of the pixels: columns of their own grey, halved without a change.
  Image columns{64, 48, {}};
  for (int i = 0; i < 64 * 48; ++i)
    columns.rgb.insert(columns.rgb.end(), 3, static_cast<std::uint8_t>(i % 64));
  const Image cut = fit(columns, 48, 48);
  EXPECT_EQ(cut.rgb.front(), square.x0);
  EXPECT_EQ(cut.rgb.back(), square.x1 - 1);
}

TEST(PaintedMask, AHardEdgeIsBlackAndWhite) {
  PaintedMask mask({4, 1});
  mask.box({2, 0}, {4, 1}, true);
  EXPECT_EQ(mask.grey().grey, (std::vector<std::uint8_t>{0, 0, 255, 255}));
}

// Linear in the distance from the edge: 0.5 + (x - 20) / (2 * 4) at a pixel's middle.
TEST(PaintedMask, ASoftEdgeRisesEvenlyToBothSides) {
  PaintedMask mask({40, 9});
  mask.box({20, 0}, {40, 9}, true);
  mask.set_feather(4);
  const GreyImage grey = mask.grey();
  const auto at = [&](int x) { return grey.grey[static_cast<std::size_t>(4 * 40 + x)]; };
  for (int x = 0; x < 40; ++x) {
    const double rise = std::min(1.0, std::max(0.0, 0.5 + (x + 0.5 - 20) / 8.0));
    EXPECT_NEAR(at(x), 255 * rise, 1) << x;
  }
  EXPECT_EQ(at(0), 0);
  EXPECT_EQ(at(39), 255) << "the picture's own edge is none";
}

TEST(PaintedMask, ComesBackFromItsGreysWithEverySoftness) {
  PaintedMask mask({80, 60});
  mask.stroke({20, 20}, {60, 45}, 17, true);
  mask.stroke({40, 30}, {42, 30}, 5, false);
  for (const int feather : {0, 1, 7, PaintedMask::kMostFeather_px}) {
    mask.set_feather(feather);
    EXPECT_EQ(PaintedMask(mask.grey(), feather), mask) << feather;
  }
  mask.set_feather(10000);
  EXPECT_EQ(mask.feather_px(), PaintedMask::kMostFeather_px);
}

TEST(PaintedMask, ItsEdgesGoAroundWhatIsPainted) {
  PaintedMask mask({64, 48});
  mask.box({10, 20}, {30, 25}, true);
  int around = 0;
  for (const MaskEdge& edge : mask.edges()) {
    around += edge.length;
    if (edge.is_across) {
      EXPECT_EQ(edge.x, 10);
      EXPECT_EQ(edge.is_paint_after, edge.y == 20) << "above it, or below";
    } else {
      EXPECT_EQ(edge.y, 20);
      EXPECT_EQ(edge.is_paint_after, edge.x == 10);
    }
  }
  EXPECT_EQ(mask.edges().size(), 4U);
  EXPECT_EQ(around, 2 * (20 + 5));
  // Paint changes sides at a corner where two boxes touch: two pieces there, not one.
  mask.box({30, 25}, {40, 30}, true);
  int across = 0;
  for (const MaskEdge& edge : mask.edges()) {
    if (!edge.is_across || edge.y != 25) continue;
    ++across;
    EXPECT_EQ(edge.is_paint_after, edge.x == 30);
  }
  EXPECT_EQ(across, 2);
}

}  // namespace
}  // namespace headroom
