#include "headroom/image/extend.h"

#include "headroom/core/error.h"

#include "support/expect_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::expect_error;
using testing::ElementsAre;
using testing::HasSubstr;

Image two_by_one() { return {2, 1, {1, 2, 3, 4, 5, 6}}; }

TEST(Extend, RepeatsTheEdges) {
  const Image out = extend(two_by_one(), {1, 1, 2, 0});
  EXPECT_EQ(out.width, 5);
  EXPECT_EQ(out.height, 2);
  EXPECT_THAT(out.rgb, ElementsAre(1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6, 4, 5, 6,  //
                                   1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6, 4, 5, 6));
  EXPECT_EQ(extend(two_by_one(), {}).rgb, two_by_one().rgb);
}

TEST(Extend, TheMaskOfMarginsFallsInsideOfThem) {
  // A row: margins of 2 and 1, seven inside of which two beside each margin are the ramp, whose
  // pixels lie a quarter and three quarters down it: 255 * 0.75 = 191.25, 255 * 0.25 = 63.75.
  const GreyImage mask = margin_mask(10, 1, {2, 0, 1, 0}, 2);
  EXPECT_THAT(mask.grey, ElementsAre(255, 255, 191, 64, 0, 0, 0, 64, 191, 255));
  // Sides without a margin have no ramp.
  EXPECT_THAT(margin_mask(4, 1, {0, 0, 1, 0}, 1).grey, ElementsAre(0, 0, 128, 255));
  // Corners are as new as the newer of their sides.
  EXPECT_THAT(margin_mask(2, 2, {1, 1, 0, 0}, 0).grey, ElementsAre(255, 255, 255, 0));
  // A ramp is no wider than half of what is inside.
  EXPECT_THAT(margin_mask(5, 1, {1, 0, 0, 0}, 100).grey, ElementsAre(255, 191, 64, 0, 0));
}

TEST(Extend, WhatCannotBeIsRefused) {
  expect_error(ErrorKind::kInternal, HasSubstr("extending a picture"), [] {
    (void)extend(two_by_one(), {-1, 0, 0, 0});
  });
  expect_error(ErrorKind::kInternal, HasSubstr("extending a picture"), [] {
    (void)extend({2, 2, {1}}, {});
  });
  expect_error(ErrorKind::kInternal, HasSubstr("extending a picture"), [] {
    (void)margin_mask(3, 3, {2, 0, 1, 0}, 1);
  });
}

}  // namespace
}  // namespace headroom
