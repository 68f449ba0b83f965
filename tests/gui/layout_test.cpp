#include "headroom/gui_toolkit/layout.h"

#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

Layout of(double width, double height, double scale = 1, bool details = false) {
  return lay_out({.width_px = width * scale,
                  .height_px = height * scale,
                  .scale = scale,
                  .details_open = details});
}

bool overlap(const Rect& a, const Rect& b) {
  return a.x < b.x + b.w - 0.5 && b.x < a.x + a.w - 0.5 && a.y < b.y + b.h - 0.5 &&
         b.y < a.y + a.h - 0.5;
}

struct Screen {
  double width, height;
  LayoutKind kind;
};
constexpr Screen kScreens[] = {
    {1920, 1080, LayoutKind::kWide},    {1440, 900, LayoutKind::kWide},
    {1366, 768, LayoutKind::kUsual},    {1280, 800, LayoutKind::kUsual},
    {1280, 720, LayoutKind::kNarrow},   {1280, 703, LayoutKind::kNarrow},
    {1000, 640, LayoutKind::kNarrow},   {999, 640, LayoutKind::kComposer},
    {640, 1000, LayoutKind::kComposer}, {kLeastWidth_px, kLeastHeight_px, LayoutKind::kComposer}};

TEST(Layout, FollowsDesignPixelsWhateverTheScale) {
  for (const Screen& s : kScreens) {
    for (const double scale : {1.0, 1.25, 1.5, 2.0}) {
      const Layout layout = of(s.width, s.height, scale);
      EXPECT_EQ(layout.kind, s.kind) << s.width << "x" << s.height << " at " << scale;
      EXPECT_NEAR(layout.top.w, s.width * scale, 0.01);
    }
  }
}

TEST(Layout, PanelsDoNotOverlapAndFillTheWindow) {
  for (const Screen& s : kScreens) {
    const Layout layout = of(s.width, s.height);
    const std::string where = std::to_string(s.width) + "x" + std::to_string(s.height);
    const Rect* const panels[] = {&layout.top, &layout.make, &layout.canvas, &layout.memory};
    double area = 0;
    for (const Rect* a : panels) {
      area += a->w * a->h;
      EXPECT_GE(a->x, 0) << where;
      EXPECT_LE(a->x + a->w, s.width) << where;
      EXPECT_LE(a->y + a->h, s.height + 0.01) << where;
      for (const Rect* b : panels) EXPECT_TRUE(a == b || !overlap(*a, *b)) << where;
    }
    if (!layout.details_are_a_drawer) {
      area += layout.details.w * layout.details.h;
      for (const Rect* a : panels) EXPECT_FALSE(overlap(*a, layout.details)) << where;
    }
    EXPECT_GT(area, 0.99 * s.width * s.height) << where;
  }
}

TEST(Layout, ThePictureKeepsItsShare) {
  for (const Screen& s : kScreens) {
    const Layout layout = of(s.width, s.height);
    EXPECT_GT(layout.canvas.w * layout.canvas.h, 0.36 * s.width * s.height)
        << s.width << "x" << s.height;
  }
  const Layout crowded = lay_out({.width_px = 640, .height_px = 1000, .composer_px = 2000});
  EXPECT_GT(crowded.canvas.h, 0.4 * (crowded.memory.y - crowded.top.h));
}

TEST(Layout, TheDrawerLiesOverTheCanvasOnlyWhenItIsOpen) {
  EXPECT_FALSE(of(1000, 640).details_shown);
  const Layout open = of(1000, 640, 1, true);
  EXPECT_TRUE(open.details_shown);
  EXPECT_TRUE(overlap(open.details, open.canvas));
  EXPECT_FALSE(overlap(open.details, open.make));
  const Layout half = of(640, 1000, 1, true);
  EXPECT_FALSE(overlap(half.details, half.make)) << "the composer stays free";
  EXPECT_TRUE(of(1280, 800).details_shown);
}

}  // namespace
}  // namespace headroom
