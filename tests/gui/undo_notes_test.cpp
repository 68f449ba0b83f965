#include "headroom/gui_actions/undo_notes.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(UndoNotes, ANoteLeadsBackToItsStep) {
  UiState state;
  note_undo(state, "gone", 7);
  ASSERT_EQ(state.banners.size(), 1U);
  EXPECT_EQ(state.banners[0].kind, Banner::Kind::kNote);
  EXPECT_EQ(state.banners[0].way, Banner::Way::kUndo);
  EXPECT_EQ(state.banners[0].step, 7U);
}

TEST(UndoNotes, WhatReplacesSettingsIsOneStepThatTakesBackAllOfIt) {
  UiState state;
  state.draft.prompt = "a cat";
  replace_settings(state, "taken", [&] {
    state.draft.prompt = "a dog";
    state.draft.steps = 30;
    state.seed_text = "5";
  });
  ASSERT_EQ(state.banners.size(), 1U);
  EXPECT_EQ(state.banners[0].step, state.undo.newest());
  const auto step = state.undo.undo(state.settings());
  ASSERT_TRUE(step);
  EXPECT_EQ(step->settings.draft.prompt, "a cat") << "as it was typed";
  EXPECT_EQ(step->settings.draft.steps, GenerationRequest{}.steps);
  EXPECT_EQ(step->settings.seed_text, "");
  EXPECT_EQ(state.history.all(), (std::vector<std::string>{"a cat"}));
}

TEST(UndoNotes, NothingIsSaidWhereNothingChanged) {
  UiState state;
  state.draft.prompt = "a cat";
  replace_settings(state, "taken", [&] { state.draft.prompt = "a cat"; });
  EXPECT_TRUE(state.banners.empty());
}

TEST(UndoNotes, AndNothingWhereNothingThatWasWrittenIsGone) {
  UiState state;
  state.undo.record(state.settings());
  replace_settings(state, "taken", [&] { state.draft.prompt = "a dog"; });
  EXPECT_TRUE(state.banners.empty());
  EXPECT_TRUE(state.undo.undo(state.settings())) << "the way back is there all the same";
}

}  // namespace
}  // namespace headroom
