#include "headroom/gui_actions/prompt_actions.h"

#include "gui/action_support.h"

namespace headroom::test {
namespace {

class PromptActionsTest : public ActionsTest {
 protected:
  PromptActions prompt_{context_};
};

TEST_F(PromptActionsTest, AnotherPromptReachesTheFieldAndCanBeTakenBack) {
  state_.draft.prompt = "a cat that took a while to write";
  prompt_.set("a red apple");
  EXPECT_EQ(state_.draft.prompt, "a red apple");
  EXPECT_EQ(state_.new_prompt, "a red apple");
  EXPECT_TRUE(can_take_back());
  const auto step = state_.undo.undo(state_.settings());
  ASSERT_TRUE(step);
  EXPECT_EQ(step->settings.draft.prompt, "a cat that took a while to write");
}

TEST_F(PromptActionsTest, WhereNothingWasWrittenNothingIsSaid) {
  prompt_.set("a red apple");
  EXPECT_EQ(state_.draft.prompt, "a red apple");
  EXPECT_TRUE(state_.banners.empty());
}

TEST_F(PromptActionsTest, WalksThroughThePromptsOfTheSessionAndBackToWhatWasTyped) {
  state_.history.add("a cat");
  state_.history.add("a dog");
  state_.draft.prompt = "a half-writ";
  prompt_.older();
  EXPECT_EQ(state_.new_prompt, "a dog");
  prompt_.older();
  EXPECT_EQ(state_.new_prompt, "a cat");
  prompt_.newer();
  prompt_.newer();
  EXPECT_EQ(state_.new_prompt, "a half-writ");
  state_.new_prompt.reset();
  prompt_.newer();
  EXPECT_FALSE(state_.new_prompt) << "the end";
}

TEST_F(PromptActionsTest, EachPromptOfTheSessionCanBeTakenBack) {
  state_.history.add("a cat");
  state_.history.add("a dog");
  state_.draft.prompt = "a half-writ";
  prompt_.older();
  prompt_.older();
  EXPECT_EQ(state_.draft.prompt, "a cat");
  EXPECT_EQ(state_.undo.undo(state_.settings())->settings.draft.prompt, "a dog");
  state_.draft.prompt = "a dog";
  EXPECT_EQ(state_.undo.undo(state_.settings())->settings.draft.prompt, "a half-writ");
}

}  // namespace
}  // namespace headroom::test
