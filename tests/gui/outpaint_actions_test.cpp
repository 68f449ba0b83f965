#include "headroom/gui_actions/outpaint_actions.h"

#include "headroom/gui_actions/start_actions.h"

#include "gui/action_support.h"

namespace headroom::test {
namespace {

// The model's sizes are multiples of 64.
class OutpaintActionsTest : public ActionsTest {
 protected:
  void start_from(int width, int height) {
    start_.use(write_picture("start.png", width, height));
    state_.set_size({width, height}, 64);
    state_.record();
  }
  [[nodiscard]] Size size() const { return {state_.draft.width, state_.draft.height}; }
  StartPictureFinder finder_{context_};
  StartActions start_{context_, finder_};
  OutpaintActions outpaint_{context_};
};

TEST_F(OutpaintActionsTest, WithoutAPictureNothingIsDragged) {
  const Size before = size();
  outpaint_.begin(CanvasEdge::kRight);
  outpaint_.drag(200);
  outpaint_.end();
  EXPECT_EQ(state_.outpaint, Margins{});
  EXPECT_EQ(size(), before);
}

TEST_F(OutpaintActionsTest, ADragIsOneStepThatSizeAndStrengthFollow) {
  start_from(128, 64);
  outpaint_.begin(CanvasEdge::kRight);
  outpaint_.drag(40);
  EXPECT_EQ(size(), (Size{192, 64})) << "while it is held";
  outpaint_.drag(130);
  outpaint_.end();
  EXPECT_EQ(state_.outpaint, (Margins{0, 0, 128, 0}));
  EXPECT_EQ(size(), (Size{256, 64}));
  EXPECT_EQ(state_.draft.strength, kDefaultRepaintStrength);
  const auto step = state_.undo.undo(state_.settings());
  ASSERT_TRUE(step);
  state_.apply(step->settings);
  EXPECT_EQ(state_.outpaint, Margins{});
  EXPECT_EQ(size(), (Size{128, 64}));
  EXPECT_EQ(state_.draft.strength, kDefaultStrength);
  const auto again = state_.undo.redo(state_.settings());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->outpaint, (Margins{0, 0, 128, 0}));
}

TEST_F(OutpaintActionsTest, GivenUpItIsAsItWas) {
  start_from(128, 64);
  state_.draft.strength = 0.4;
  state_.set_size({64, 64}, 64);
  outpaint_.begin(CanvasEdge::kTop);
  outpaint_.drag(200);
  ASSERT_NE(state_.outpaint, Margins{});
  outpaint_.give_up();
  EXPECT_EQ(state_.outpaint, Margins{});
  EXPECT_EQ(size(), (Size{64, 64}));
  EXPECT_EQ(state_.draft.strength, 0.4);
  outpaint_.drag(200);
  EXPECT_EQ(state_.outpaint, Margins{}) << "the button may still be held";
}

TEST_F(OutpaintActionsTest, BackAtThePicturesEdgeTheSizeIsTheOneBefore) {
  start_from(128, 64);
  state_.set_size({64, 64}, 64);
  outpaint_.begin(CanvasEdge::kLeft);
  outpaint_.drag(100);
  outpaint_.drag(3);
  outpaint_.end();
  EXPECT_EQ(state_.outpaint, Margins{});
  EXPECT_EQ(size(), (Size{64, 64}));
}

TEST_F(OutpaintActionsTest, ItIsRemovedWithAWayBack) {
  start_from(128, 64);
  outpaint_.remove();
  EXPECT_TRUE(state_.banners.empty()) << "there is none";
  outpaint_.begin(CanvasEdge::kBottom);
  outpaint_.drag(64);
  outpaint_.end();
  outpaint_.remove();
  EXPECT_EQ(state_.outpaint, Margins{});
  EXPECT_EQ(size(), (Size{128, 64}));
  EXPECT_TRUE(can_take_back());
}

TEST_F(OutpaintActionsTest, ItGoesWithItsPicture) {
  start_from(128, 64);
  outpaint_.begin(CanvasEdge::kBottom);
  outpaint_.drag(64);
  outpaint_.end();
  start_.use(write_picture("other.png", 128, 64, 10));
  EXPECT_EQ(state_.outpaint, Margins{});
  state_.set_outpaint({64, 0, 0, 0});
  start_.remove();
  EXPECT_EQ(state_.outpaint, Margins{});
}

// A run gets what `headroom generate --outpaint` makes of the file, and its record brings it back.
TEST_F(OutpaintActionsTest, ARunStartsFromTheLargerCanvasAndItsRecordBringsItBack) {
  start_from(128, 64);
  outpaint_.begin(CanvasEdge::kRight);
  outpaint_.drag(64);
  outpaint_.end();
  const StartPicture made = finder_.of_draft(*state_.request());
  EXPECT_EQ(made->image.width, 192);
  ASSERT_TRUE(made->repaint);
  EXPECT_EQ(made->repaint->grey[191], 255) << "the margin is painted anew";
  EXPECT_EQ(made->repaint->grey[0], 0);
  EXPECT_EQ(made->mask_file.name, "outpaint 0,0,64,0");
  EXPECT_EQ(finder_.of_draft(*state_.request()), made) << "once for jobs in a row";

  const auto start = finder_.bring_back(without_pixels(*made), {});
  EXPECT_EQ(start.outpaint, (Margins{0, 0, 64, 0}));
  ASSERT_TRUE(start.picture);
  EXPECT_EQ(start.picture->image.width, 128) << "the picture itself";
  EXPECT_FALSE(start.mask);
  EXPECT_TRUE(state_.banners.empty()) << "no mask is missed";

  GenerationRequest written = *state_.request();
  written.init = without_pixels(*made);
  const StartPicture again = finder_.of_record(written, {});
  EXPECT_EQ(again->image.rgb, made->image.rgb);
  ASSERT_TRUE(again->repaint);
  EXPECT_EQ(again->repaint->grey, made->repaint->grey);
  EXPECT_EQ(again->mask_file.name, made->mask_file.name);
}

TEST_F(OutpaintActionsTest, AMaskAndMarginsAreRecordedTogether) {
  start_from(128, 64);
  PaintedMask painted({128, 64});
  painted.box({0, 0}, {32, 64}, true);
  state_.set_mask(std::make_shared<const PaintedMask>(painted));
  state_.set_outpaint({0, 0, 64, 0});
  state_.set_size({192, 64}, 64);
  const StartPicture made = finder_.of_draft(*state_.request());
  ASSERT_TRUE(made->repaint);
  EXPECT_EQ(made->repaint->grey[0], 255);
  EXPECT_EQ(made->repaint->grey[40], 0);
  EXPECT_EQ(made->repaint->grey[191], 255);
  const auto start = finder_.bring_back(without_pixels(*made), {});
  ASSERT_TRUE(start.mask);
  EXPECT_EQ(*start.mask, painted);
  EXPECT_EQ(start.outpaint, (Margins{0, 0, 64, 0}));
}

}  // namespace
}  // namespace headroom::test
