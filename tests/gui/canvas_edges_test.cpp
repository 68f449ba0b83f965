#include "headroom/gui_state/canvas_edges.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

using Edge = CanvasEdge;
constexpr Size kSquare{512, 512};

TEST(CanvasEdges, AnEdgeGoesToTheNearestUnit) {
  EXPECT_EQ(dragged({}, Edge::kRight, 100, kSquare, 64), (Margins{0, 0, 128, 0}));
  EXPECT_EQ(dragged({}, Edge::kLeft, 95, kSquare, 64), (Margins{64, 0, 0, 0}));
  EXPECT_EQ(dragged({}, Edge::kTop, 33, kSquare, 64), (Margins{0, 64, 0, 0}));
  EXPECT_EQ(dragged({}, Edge::kBottom, 31, kSquare, 64), Margins{});
  // From where it was; the others stay.
  EXPECT_EQ(dragged({64, 0, 128, 0}, Edge::kRight, 64, kSquare, 64), (Margins{64, 0, 192, 0}));
  EXPECT_EQ(dragged({64, 0, 128, 0}, Edge::kLeft, -64, kSquare, 64), (Margins{0, 0, 128, 0}));
}

TEST(CanvasEdges, TheyNeverCutIntoThePicture) {
  EXPECT_EQ(dragged({}, Edge::kRight, -300, kSquare, 64), Margins{});
  EXPECT_EQ(dragged({0, 0, 128, 0}, Edge::kRight, -1e9, kSquare, 64), Margins{});
}

TEST(CanvasEdges, TheCanvasIsNoLargerThanAnySizeMayBe) {
  EXPECT_EQ(dragged({}, Edge::kRight, 1e9, kSquare, 64), (Margins{0, 0, kMaxSide_px - 512, 0}));
  EXPECT_EQ(dragged({64, 0, 0, 0}, Edge::kRight, 1e9, kSquare, 64),
            (Margins{64, 0, kMaxSide_px - 576, 0}));
}

// 600 and 400 are 40 and 48 short of multiples of 64.
TEST(CanvasEdges, APictureBetweenUnitsReachesThemByItsMargins) {
  constexpr Size kOdd{600, 400};
  EXPECT_EQ(dragged({}, Edge::kRight, 100, kOdd, 64), (Margins{0, 0, 104, 48}));
  EXPECT_EQ(dragged({}, Edge::kTop, 100, kOdd, 64), (Margins{0, 112, 40, 0}));
  // As small as it can be, it is none: the picture is cut to such a size then.
  EXPECT_EQ(dragged({0, 0, 104, 48}, Edge::kRight, -90, kOdd, 64), Margins{});
}

}  // namespace
}  // namespace headroom
