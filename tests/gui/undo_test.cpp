#include "headroom/gui_state/undo.h"

#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

Settings with_prompt(const std::string& prompt) {
  Settings settings;
  settings.draft.prompt = prompt;
  return settings;
}

TEST(Undo, GoesBackAndForthThroughWhatWasSet) {
  UndoStack undo(with_prompt("one"));
  EXPECT_EQ(undo.record(with_prompt("one")), 0U) << "nothing has changed";
  undo.record(with_prompt("two"));
  undo.record(with_prompt("three"));
  EXPECT_EQ(undo.undo(with_prompt("three"))->settings, with_prompt("two"));
  EXPECT_EQ(undo.undo(with_prompt("two"))->settings, with_prompt("one"));
  EXPECT_FALSE(undo.undo(with_prompt("one")));
  EXPECT_EQ(undo.redo(with_prompt("one")), with_prompt("two"));
  EXPECT_EQ(undo.redo(with_prompt("two")), with_prompt("three"));
  EXPECT_FALSE(undo.redo(with_prompt("three")));
}

TEST(Undo, TakesAlsoBackWhatWasNotRecordedYet) {
  UndoStack undo(with_prompt("one"));
  EXPECT_EQ(undo.undo(with_prompt("being typed"))->settings, with_prompt("one"));
}

TEST(Undo, AChangeOfOnesOwnEndsWhatCouldBeDoneAgain) {
  UndoStack undo(with_prompt("one"));
  undo.record(with_prompt("two"));
  ASSERT_TRUE(undo.undo(with_prompt("two")));
  EXPECT_FALSE(undo.redo(with_prompt("another")));
  EXPECT_EQ(undo.undo(with_prompt("another"))->settings, with_prompt("one"));
}

TEST(Undo, LettersInARowAreOneStepAndLaterOnesAreAnother) {
  UndoStack undo(with_prompt("mine"));
  const auto type = [&](double time_s, const char* result) {
    undo.typing(time_s);
    undo.record(with_prompt(result));
    undo.typing(std::nullopt);
  };
  type(10, "a");
  type(10.5, "a");
  type(12, "p");
  type(20, "later");
  EXPECT_EQ(undo.undo(with_prompt("later"))->settings, with_prompt("p"));
  EXPECT_EQ(undo.undo(with_prompt("p"))->settings, with_prompt("mine"));
}

TEST(Undo, TellsWhereItWouldLeadTo) {
  UndoStack undo(with_prompt("one"));
  EXPECT_EQ(undo.before(with_prompt("one")), nullptr);
  EXPECT_EQ(*undo.before(with_prompt("being typed")), with_prompt("one"));
  undo.record(with_prompt("two"));
  EXPECT_EQ(*undo.before(with_prompt("two")), with_prompt("one"));
  EXPECT_EQ(undo.after(with_prompt("two")), nullptr);
  ASSERT_TRUE(undo.undo(with_prompt("two")));
  EXPECT_EQ(*undo.after(with_prompt("one")), with_prompt("two"));
  EXPECT_EQ(undo.after(with_prompt("another")), nullptr) << "a new change ends redo";
  undo.record_removed({GenerationRequest{}});
  EXPECT_EQ(undo.before(with_prompt("one")), nullptr) << "that step is about jobs";
}

TEST(Undo, FollowsAFieldThatUndoesAndRedoesByItself) {
  UndoStack undo(with_prompt(""));
  undo.record(with_prompt("one"));
  undo.record(with_prompt("two"));
  undo.follow(with_prompt("tw"));
  EXPECT_EQ(*undo.before(with_prompt("two")), with_prompt("one")) << "it is on no step";
  undo.follow(with_prompt("one"));
  EXPECT_EQ(*undo.before(with_prompt("one")), with_prompt(""));
  EXPECT_EQ(*undo.after(with_prompt("one")), with_prompt("two"));
  undo.follow(with_prompt(""));
  undo.follow(with_prompt("one"));
  EXPECT_EQ(*undo.before(with_prompt("one")), with_prompt(""));
  EXPECT_EQ(undo.redo(with_prompt("one")), with_prompt("two")) << "what follows is still there";
  EXPECT_EQ(undo.undo(with_prompt("two"))->settings, with_prompt("one"));
}

TEST(Undo, JobsThatLeftTheQueueComeBack) {
  UndoStack undo(with_prompt("one"));
  GenerationRequest job;
  job.prompt = "waiting";
  undo.record_removed({job, job});
  const auto step = undo.undo(with_prompt("one"));
  ASSERT_TRUE(step);
  EXPECT_EQ(step->removed.size(), 2U);
  EXPECT_EQ(step->settings, with_prompt("one"));
  EXPECT_EQ(undo.record_removed({}), 0U) << "nothing was removed";
}

}  // namespace
}  // namespace headroom
