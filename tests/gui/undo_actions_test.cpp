#include "headroom/gui_actions/undo_actions.h"

#include "gui/action_support.h"

namespace headroom::test {
namespace {

class UndoActionsTest : public ActionsTest {
 protected:
  SizeActions size_{context_};
  UndoActions history_{context_, size_};
};

TEST_F(UndoActionsTest, SettingsGoBackAndForth) {
  state_.draft.prompt = "a cat";
  state_.record();
  state_.draft.steps = 30;
  state_.record();
  history_.undo();
  EXPECT_EQ(state_.draft.steps, GenerationRequest{}.steps);
  EXPECT_EQ(state_.draft.prompt, "a cat");
  history_.redo();
  EXPECT_EQ(state_.draft.steps, 30);
  history_.redo();
  EXPECT_EQ(state_.draft.steps, 30) << "there is nothing more";
}

TEST_F(UndoActionsTest, FromWithinThePromptOnlyStepsThatChangeItAreTakenBack) {
  state_.draft.prompt = "a cat";
  state_.record();
  state_.draft.steps = 30;
  state_.record();
  history_.undo_prompt();
  EXPECT_EQ(state_.draft.steps, 30) << "not seen from there";
  history_.undo();
  history_.undo_prompt();
  EXPECT_EQ(state_.draft.prompt, "");
  history_.redo_prompt();
  EXPECT_EQ(state_.draft.prompt, "a cat");
  history_.redo_prompt();
  EXPECT_EQ(state_.draft.steps, GenerationRequest{}.steps);
}

TEST_F(UndoActionsTest, JobsThatLeftTheQueueComeBackAndTheSettingsStay) {
  submit({"running"});
  state_.record();
  state_.draft.prompt = "typed since";
  state_.record();
  state_.undo.record_removed({small_request("one"), small_request("two")});
  history_.undo();
  EXPECT_EQ(prompts(), (std::vector<std::string>{"running", "one", "two"}));
  EXPECT_EQ(state_.draft.prompt, "typed since");
}

TEST_F(UndoActionsTest, APictureThatLeftTheWindowComesBackToItsPlace) {
  add_picture("a");
  add_picture("b");
  add_picture("c");
  state_.record();
  state_.undo.record_discarded(state_.take_out(1), 1);
  history_.undo();
  ASSERT_EQ(state_.pictures.size(), 3U);
  EXPECT_EQ(state_.pictures[1].request.prompt, "b");
  EXPECT_EQ(state_.selected, 1U);
}

TEST_F(UndoActionsTest, ASizeOfTheModelBeforeIsFittedToTheOneThatIsThere) {
  state_.set_size({576, 1024}, 64);
  state_.record();
  state_.set_size({512, 512}, 64);
  state_.record();
  session_.change({.model = "coarse"});
  ASSERT_TRUE(wait_until([&] { return session_.current()->model.name == "coarse"; }));
  history_.undo();
  EXPECT_EQ(state_.draft.width, 640);
  EXPECT_EQ(state_.draft.height, 1024);
}

}  // namespace
}  // namespace headroom::test
