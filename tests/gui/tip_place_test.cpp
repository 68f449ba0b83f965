#include "headroom/gui_toolkit/tip_place.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TipRoom room() {
  return {
      .screen = {0, 0, 1000, 600}, .item = {20, 300, 100, 30}, .work = {}, .rest = {}, .gap = 6};
}

TEST(TipPlace, IsRightBelowItsItemWhereThatIsFree) {
  const Rect tip = place_tip(room(), 280, 80);
  EXPECT_EQ(tip.x, 20);
  EXPECT_EQ(tip.y, 336);
}

TEST(TipPlace, IsAboveWhereThereIsWorkBelow) {
  TipRoom r = room();
  r.work = {{10, 350, 300, 100}};
  const Rect tip = place_tip(r, 280, 80);
  EXPECT_EQ(covered(tip, r.work), 0);
  EXPECT_EQ(tip.y, 300 - 6 - 80);
}

TEST(TipPlace, IsBesideWhereThereIsWorkAboveAndBelow) {
  TipRoom r = room();
  r.work = {{0, 350, 320, 250}, {0, 0, 320, 290}};
  const Rect tip = place_tip(r, 280, 80);
  EXPECT_EQ(covered(tip, r.work), 0);
  EXPECT_GE(tip.x, 126);
}

TEST(TipPlace, CoversAsLittleAsCanBeWhereNothingIsFree) {
  TipRoom r = room();
  r.work = {{0, 0, 1000, 580}};
  const Rect tip = place_tip(r, 280, 80);
  EXPECT_EQ(tip.y + tip.h, 594);  // 14 of its 80 pixels lie below the work
  EXPECT_EQ(covered(tip, r.work), 280.0 * 66);
}

TEST(TipPlace, StaysOnTheScreenAndOffItsItem) {
  for (const Rect& item : {Rect{960, 10, 30, 20}, Rect{0, 570, 1000, 30}, Rect{0, 0, 20, 600}}) {
    TipRoom r = room();
    r.item = item;
    r.work = {{0, 40, 1000, 500}};
    const Rect tip = place_tip(r, 280, 80);
    EXPECT_GE(tip.x, 0);
    EXPECT_GE(tip.y, 0);
    EXPECT_LE(tip.x + tip.w, 1000);
    EXPECT_LE(tip.y + tip.h, 600);
    EXPECT_EQ(covered(tip, {item}), 0);
  }
}

TEST(TipPlace, LeavesFreeWhatIsNoWorkWhereItCostsNoWay) {
  TipRoom r = room();
  r.rest = {{0, 340, 1000, 260}};
  EXPECT_EQ(place_tip(r, 280, 80).y, 300 - 6 - 80);
}

}  // namespace
}  // namespace headroom
