#include "headroom/image/outpaint.h"

#include <cstdint>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using testing::ElementsAre;

InitImage row(const std::vector<std::uint8_t>& greys) {
  InitImage init;
  init.image = {static_cast<int>(greys.size()), 1, {}};
  for (const std::uint8_t grey : greys) init.image.rgb.insert(init.image.rgb.end(), 3, grey);
  return init;
}

TEST(Outpaint, WhatWholeUnitsNeedGoesWhereMarginsAre) {
  EXPECT_EQ(whole_units({0, 0, 64, 0}, {512, 512}, 64), (Margins{0, 0, 64, 0}));
  // 150 + 20 is 22 short of 192, and 100 is 28 short of 128.
  EXPECT_EQ(whole_units({20, 0, 0, 0}, {150, 100}, 64), (Margins{42, 0, 0, 28}));
  EXPECT_EQ(whole_units({20, 5, 1, 0}, {150, 100}, 64), (Margins{20, 28, 22, 0}));
  EXPECT_EQ(extended_size({150, 100}, {42, 0, 0, 28}), (Size{192, 128}));
}

TEST(Outpaint, APictureGetsMarginsThatArePaintedAnew) {
  InitImage init = row({10, 20, 30, 40});
  outpaint(init, {0, 0, 2, 0}, 1);
  EXPECT_EQ(init.image.width, 6);
  EXPECT_EQ(init.image.rgb[17], 40) << "in the colours of its edge";
  ASSERT_TRUE(init.repaint);
  EXPECT_EQ(init.repaint_full, 255);
  EXPECT_THAT(init.repaint->grey, ElementsAre(0, 0, 64, 191, 255, 255));
  EXPECT_EQ(init.mask_file.name, "outpaint 0,0,2,0");
}

TEST(Outpaint, AMaskThatIsThereStaysBesideTheMargins) {
  InitImage init = row({10, 20, 30, 40});
  init.repaint = GreyImage{4, 1, {1, 0, 0, 0}};
  init.repaint_full = 1;
  init.mask_file.name = "sky.png";
  outpaint(init, {1, 0, 2, 0}, 1);
  EXPECT_THAT(init.repaint->grey, ElementsAre(255, 255, 64, 64, 191, 255, 255));
  EXPECT_EQ(init.mask_file.name, "sky.png, outpaint 1,0,2,0");
}

TEST(Outpaint, TheNameOfAMaskTellsTheMargins) {
  const auto take = [](std::string name) {
    const Margins margins = take_margins(name);
    return std::pair{margins, name};
  };
  EXPECT_EQ(take("outpaint 0,1,64,0"), (std::pair{Margins{0, 1, 64, 0}, std::string()}));
  EXPECT_EQ(take("sky.png, outpaint 1,2,3,4"),
            (std::pair{Margins{1, 2, 3, 4}, std::string("sky.png")}));
  for (const std::string name :
       {"sky.png", "", "outpaint", "outpaint 1,2,3", "outpaint 1,2,3,4,5", "outpaint -1,2,3,4",
        "outpaint 1,2,3,99999", "outpaint 1,2,3,x", "my outpaint 1,2,3,4", "outpaint 1, 2,3,4"}) {
    EXPECT_EQ(take(name), (std::pair{Margins{}, name})) << name;
  }
}

}  // namespace
}  // namespace headroom
