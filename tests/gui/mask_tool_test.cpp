#include "headroom/gui_state/mask_tool.h"

#include "headroom/gui_state/ui_state.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

MaskPointer boxed(double width) {
  PaintedMask mask({64, 48});
  mask.box({0, 0}, {width, 48}, true);
  return std::make_shared<const PaintedMask>(mask);
}

TEST(MaskTool, TheBrushGrowsBySharesAndEndsAtItsLimits) {
  MaskTool tool;
  tool.brush_px = 64;
  tool.change_brush(true);
  EXPECT_EQ(tool.brush_px, 72);
  for (int i = 0; i < 100; ++i) tool.change_brush(true);
  EXPECT_EQ(tool.brush_px, MaskTool::kMostBrush_px);
  for (int i = 0; i < 200; ++i) tool.change_brush(false);
  EXPECT_EQ(tool.brush_px, MaskTool::kLeastBrush_px);
}

TEST(MaskLook, FollowsTheMaskAndMakesTheSameOnlyOnce) {
  MaskLook look;
  const MaskPointer mask = boxed(16);
  look.follow(mask);
  const auto grey = look.grey();
  EXPECT_EQ(grey->grey, mask->grey().grey);
  EXPECT_EQ(look.edges().size(), 1U);
  look.follow(mask);
  EXPECT_EQ(look.grey(), grey);
  look.follow(boxed(8));
  EXPECT_NE(look.grey(), grey);
  EXPECT_DOUBLE_EQ(look.share(mask, {640, 480}), 0.25);
  EXPECT_EQ(look.share(nullptr, {640, 480}), 0);
}

TEST(MaskTool, TheFirstMaskAndItsEndMoveAStrengthThatNobodyChose) {
  UiState state;
  state.set_mask(boxed(16));
  EXPECT_EQ(state.draft.strength, kDefaultRepaintStrength);
  state.set_mask(boxed(0));
  EXPECT_EQ(state.mask, nullptr) << "nothing is painted";
  EXPECT_EQ(state.draft.strength, kDefaultStrength);
  state.draft.strength = 0.4;
  state.set_mask(boxed(16));
  EXPECT_EQ(state.draft.strength, 0.4);
  state.set_mask(nullptr);
  EXPECT_EQ(state.draft.strength, 0.4);
}

TEST(MaskTool, StrokesAreStepsOfTheOneUndo) {
  UiState state;
  const MaskPointer first = boxed(16);
  const MaskPointer second = boxed(32);
  state.record();
  state.set_mask(first);
  state.record();
  state.set_mask(second);
  state.record();
  state.apply(state.undo.undo(state.settings())->settings);
  EXPECT_EQ(state.mask, first);
  state.apply(state.undo.undo(state.settings())->settings);
  EXPECT_EQ(state.mask, nullptr);
  EXPECT_EQ(state.draft.strength, kDefaultStrength);
  state.apply(*state.undo.redo(state.settings()));
  state.apply(*state.undo.redo(state.settings()));
  EXPECT_EQ(state.mask, second);
}

}  // namespace
}  // namespace headroom
