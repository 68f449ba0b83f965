#include "headroom/gui_actions/mask_actions.h"

#include "gui/action_support.h"

namespace headroom::test {
namespace {

class MaskActionsTest : public ActionsTest {
 protected:
  void start_from(int width, int height) {
    state_.draft.init = read_start_picture(write_picture("start.png", width, height));
  }
  [[nodiscard]] static PaintedMask painted() {
    PaintedMask mask({64, 64});
    mask.box({0, 0}, {16, 64}, true);
    return mask;
  }
  StartPictureFinder finder_{context_};
  StartActions start_{context_, finder_};
  MaskActions mask_{context_, start_};
};

TEST_F(MaskActionsTest, TheToolNeedsAPictureToPaintOn) {
  mask_.open_tool();
  EXPECT_FALSE(state_.mask_tool.on);
  start_from(64, 64);
  state_.details_open = true;
  mask_.open_tool();
  EXPECT_TRUE(state_.mask_tool.on);
  EXPECT_TRUE(state_.canvas_asked);
  EXPECT_FALSE(state_.details_open);
  state_.mask_tool.drawn = std::make_shared<const PaintedMask>(painted());
  mask_.close_tool();
  EXPECT_FALSE(state_.mask_tool.on);
  EXPECT_FALSE(state_.mask_tool.drawn);
}

TEST_F(MaskActionsTest, TheSelectedPictureBecomesTheOneThatIsPaintedOn) {
  mask_.paint_selected();
  EXPECT_FALSE(state_.mask_tool.on) << "there is none";
  add_picture("saved", write_picture("made.png"));
  mask_.paint_selected();
  ASSERT_TRUE(state_.draft.init);
  EXPECT_EQ(state_.draft.init->file.name, "made.png");
  EXPECT_TRUE(state_.mask_tool.on);
  const StartPicture before = state_.draft.init;
  mask_.put(painted());
  mask_.close_tool();
  mask_.paint_selected();
  EXPECT_EQ(state_.draft.init, before) << "it is not read again";
}

TEST_F(MaskActionsTest, LeftUnusedItLeavesEverythingAsItWas) {
  add_picture("saved", write_picture("made.png"));
  state_.draft.prompt = "a fox";
  state_.record();
  const Settings before = state_.settings();
  const std::uint64_t newest = state_.undo.newest();
  mask_.paint_selected();
  ASSERT_TRUE(state_.draft.init);
  mask_.close_tool();
  EXPECT_EQ(state_.settings(), before);
  EXPECT_EQ(state_.undo.newest(), newest) << "there is nothing to undo";

  start_from(64, 32);
  PaintedMask wide({64, 32});
  wide.box({0, 0}, {16, 32}, true);
  mask_.put(wide);
  const Settings masked = state_.settings();
  mask_.paint_selected();
  EXPECT_FALSE(state_.mask) << "another shape";
  mask_.close_tool();
  EXPECT_EQ(state_.settings(), masked) << "its own start and mask";
}

TEST_F(MaskActionsTest, WhatElseWasChangedMeanwhileStays) {
  add_picture("saved", write_picture("made.png"));
  mask_.paint_selected();
  state_.draft.prompt = "typed meanwhile";
  mask_.close_tool();
  EXPECT_FALSE(state_.draft.init);
  EXPECT_EQ(state_.draft.prompt, "typed meanwhile");
}

TEST_F(MaskActionsTest, UsedItKeepsTheStart) {
  add_picture("saved", write_picture("made.png"));
  mask_.paint_selected();
  mask_.put(painted());
  mask_.close_tool();
  ASSERT_TRUE(state_.draft.init);
  EXPECT_TRUE(state_.mask);
  mask_.remove();
  mask_.open_tool();
  mask_.close_tool();
  EXPECT_TRUE(state_.draft.init) << "the tool did not set it this time";
}

TEST_F(MaskActionsTest, TheStartOfARunStays) {
  add_picture("saved", write_picture("made.png"));
  mask_.paint_selected();
  state_.mask_tool.close();  // as a run does that begins
  mask_.close_tool();
  EXPECT_TRUE(state_.draft.init);
}

TEST_F(MaskActionsTest, WhatIsPaintedIsAStepAndSetsTheStrengthOfARepaint) {
  start_from(64, 64);
  mask_.put(painted());
  ASSERT_TRUE(state_.mask);
  EXPECT_EQ(*state_.mask, painted());
  EXPECT_EQ(state_.draft.strength, kDefaultRepaintStrength);
  EXPECT_FALSE(state_.undo.undo(state_.settings())->settings.mask);
}

TEST_F(MaskActionsTest, InvertedIsPaintedWhatWasNot) {
  mask_.invert();
  EXPECT_FALSE(state_.mask) << "there is no picture";
  start_from(64, 64);
  mask_.put(painted());
  mask_.invert();
  EXPECT_FALSE(state_.mask->at(0, 0));
  EXPECT_TRUE(state_.mask->at(63, 63));
}

TEST_F(MaskActionsTest, NothingInvertedIsAllOfThePictureWithTheToolsFeather) {
  start_from(64, 32);
  state_.mask_tool.feather_px = 5;
  mask_.invert();
  ASSERT_TRUE(state_.mask);
  EXPECT_EQ(state_.mask->size(), (Size{64, 32}));
  EXPECT_EQ(state_.mask->share({0, 0, 64, 32}), 1.0);
  EXPECT_EQ(state_.mask->feather_px(), 5);
}

TEST_F(MaskActionsTest, ItLeavesWithAWayBackAndItsFeatherStaysWithTheTool) {
  mask_.remove();
  EXPECT_TRUE(state_.banners.empty()) << "there is none";
  start_from(64, 64);
  PaintedMask soft = painted();
  soft.set_feather(9);
  mask_.put(soft);
  mask_.remove();
  EXPECT_FALSE(state_.mask);
  EXPECT_EQ(state_.mask_tool.feather_px, 9);
  EXPECT_TRUE(can_take_back());
  EXPECT_EQ(*state_.undo.undo(state_.settings())->settings.mask, soft);
}

}  // namespace
}  // namespace headroom::test
