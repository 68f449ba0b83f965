#include "headroom/gui_state/canvas_view.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

constexpr Rect kCanvas{100, 50, 600, 400};

TEST(CanvasView, FitsThePictureInTheMiddle) {
  const CanvasView view;
  const Rect place = view.place(kCanvas, 1024, 512);
  EXPECT_DOUBLE_EQ(place.w, 600);
  EXPECT_DOUBLE_EQ(place.h, 300);
  EXPECT_DOUBLE_EQ(place.x, 100);
  EXPECT_DOUBLE_EQ(place.y, 100);
}

TEST(CanvasView, StaysSharpWhenFittingWouldHardlyEnlarge) {
  const CanvasView view;
  EXPECT_DOUBLE_EQ(view.place(kCanvas, 380, 380).w, 380);  // would be 1.05
  EXPECT_DOUBLE_EQ(view.place(kCanvas, 380, 380).x, 210);
  EXPECT_DOUBLE_EQ(view.place(kCanvas, 320, 320).w, 400);
  EXPECT_DOUBLE_EQ(view.place(kCanvas, 420, 420).w, 400) << "a larger one still fits";
}

TEST(CanvasView, ShowsActualPixelsCentred) {
  CanvasView view;
  view.show_actual();
  const Rect place = view.place(kCanvas, 200, 100);
  EXPECT_DOUBLE_EQ(place.w, 200);
  EXPECT_DOUBLE_EQ(place.x, 300);
  EXPECT_DOUBLE_EQ(place.y, 200);
  view.show_fit();
  EXPECT_DOUBLE_EQ(view.place(kCanvas, 200, 100).w, 600);
}

TEST(CanvasView, ZoomKeepsThePointUnderTheCursor) {
  CanvasView view;
  const double x = 250;
  const double y = 180;
  const Rect before = view.place(kCanvas, 512, 512);
  view.zoom_at(x, y, 1.5, kCanvas, 512, 512);
  const Rect after = view.place(kCanvas, 512, 512);
  EXPECT_NEAR((x - before.x) / before.w, (x - after.x) / after.w, 1e-9);
  EXPECT_NEAR((y - before.y) / before.h, (y - after.y) / after.h, 1e-9);
  EXPECT_NEAR(after.w, 1.5 * before.w, 1e-9);
  EXPECT_FALSE(view.fits());
}

TEST(CanvasView, StaysWithinItsScalesAndOnTheCanvas) {
  CanvasView view;
  for (int i = 0; i < 200; ++i) view.zoom_at(400, 250, 2, kCanvas, 512, 512);
  EXPECT_DOUBLE_EQ(view.scale(kCanvas, 512, 512), CanvasView::kMaxScale);
  for (int i = 0; i < 200; ++i) view.zoom_at(400, 250, 0.5, kCanvas, 512, 512);
  EXPECT_DOUBLE_EQ(view.scale(kCanvas, 512, 512), CanvasView::kMinScale);
  view.show_actual();
  view.drag(1e6, -1e6, kCanvas, 512, 512);
  const Rect place = view.place(kCanvas, 512, 512);
  EXPECT_DOUBLE_EQ(place.x, kCanvas.x + kCanvas.w - 40);
  EXPECT_DOUBLE_EQ(place.y + place.h, kCanvas.y + 40);
}

}  // namespace
}  // namespace headroom
