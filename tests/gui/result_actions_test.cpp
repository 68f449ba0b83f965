#include "headroom/gui_actions/result_actions.h"

#include "gui/action_support.h"

namespace headroom::test {
namespace {

class ResultActionsTest : public ActionsTest {
 protected:
  // Pictures of which the first, the third and the fourth repaint a part of the start in use.
  void add_results() {
    state_.draft.init = read_start_picture(write_picture("start.png"));
    for (const char* const name : {"a", "x", "b", "c"}) {
      FinishedPicture& made = add_picture(name, write_picture(std::string(name) + ".png"));
      if (made.request.prompt == "x") continue;
      auto init = std::make_shared<InitImage>(*without_pixels(*state_.draft.init));
      init->repaint.emplace();
      made.request.init = init;
    }
  }
  [[nodiscard]] std::string shown() const { return state_.selected_picture()->request.prompt; }
  PictureActions picture_{context_};
  StartPictureFinder finder_{context_};
  StartActions start_{context_, finder_};
  ResultActions results_{context_, {picture_, finder_, start_}};
};

TEST_F(ResultActionsTest, VariationsOfTheSelectedPictureAreOtherOnesAtEveryPress) {
  results_.vary();
  EXPECT_TRUE(jobs().empty()) << "there is no picture";
  add_picture("cat");
  results_.vary();
  results_.vary();
  ASSERT_EQ(jobs().size(), 2U);
  const GenerationRequest first = jobs()[0].request;
  EXPECT_EQ(first.seed, 40U);
  EXPECT_EQ(first.count, 4);
  ASSERT_TRUE(first.variation);
  EXPECT_NE(first.variation->seed, jobs()[1].request.variation->seed)
      << "by chance: once in four thousand million times";
}

TEST_F(ResultActionsTest, MoreAreTheSameWithAnotherSeed) {
  add_picture("cat");
  results_.more();
  ASSERT_EQ(jobs().size(), 1U);
  EXPECT_EQ(jobs()[0].request.prompt, "cat");
  EXPECT_FALSE(jobs()[0].request.seed);
}

TEST_F(ResultActionsTest, WithoutItsStartNothingIsMadeAndThatIsSaid) {
  auto init = std::make_shared<InitImage>();
  init->file = {"gone.png", std::string(64, '0'), (folder_ / "gone.png").string()};
  add_picture("cat").request.init = init;
  results_.more();
  EXPECT_TRUE(jobs().empty());
  EXPECT_NE(last_banner().text.english().find("gone.png"), std::string::npos);
}

// Its record names the start, and not where that lies.
TEST_F(ResultActionsTest, APictureOfTheLastSessionIsVariedFromItsStart) {
  auto init = std::make_shared<InitImage>(
      *without_pixels(*read_start_picture(write_picture("start.png", 96, 64))));
  init->file.path.clear();
  add_picture("cat", write_picture("made.png")).request.init = init;
  results_.vary();
  results_.more();
  EXPECT_TRUE(state_.banners.empty());
  ASSERT_EQ(jobs().size(), 2U);
  for (const JobStatus& job : jobs()) {
    ASSERT_TRUE(job.request.init);
    EXPECT_EQ(job.request.init->image.width, 64);
    EXPECT_EQ(job.request.init->file.name, "start.png");
  }
}

TEST_F(ResultActionsTest, WhatItsRecordCallsItsStartIsNamedWhenItIsMissing) {
  auto init = std::make_shared<InitImage>();
  init->file = {"gone.png", std::string(64, '0')};
  add_picture("cat", write_picture("made.png")).request.init = init;
  results_.vary();
  EXPECT_TRUE(jobs().empty());
  EXPECT_NE(last_banner().text.english().find("gone.png"), std::string::npos);
}

TEST_F(ResultActionsTest, AKeptResultBecomesTheStart) {
  add_results();
  results_.keep();
  EXPECT_EQ(state_.draft.init->file.name, "c.png");
}

TEST_F(ResultActionsTest, ADiscardedOneLeavesWithAWayBackAndTheNextIsLookedAt) {
  add_results();
  picture_.select(0);
  results_.discard();
  EXPECT_EQ(shown(), "b");
  EXPECT_EQ(state_.pictures.size(), 3U);
  EXPECT_TRUE(can_take_back());
  picture_.select(2);
  results_.discard();
  EXPECT_EQ(shown(), "b") << "it was the last one";
}

TEST_F(ResultActionsTest, WhatIsNowhereElseIsNotDiscarded) {
  add_results();
  fail_to_save(state_.pictures.back());
  results_.discard();
  EXPECT_EQ(state_.pictures.size(), 4U);
  picture_.select(1);
  results_.discard();
  EXPECT_EQ(state_.pictures.size(), 4U) << "it is no result";
}

TEST_F(ResultActionsTest, StepsGoFromResultToResult) {
  add_results();
  results_.step(1);
  EXPECT_EQ(shown(), "c") << "the end";
  results_.step(-1);
  EXPECT_EQ(shown(), "b");
  results_.step(-1);
  EXPECT_EQ(shown(), "a") << "the other picture between them is none";
  results_.step(-1);
  EXPECT_EQ(shown(), "a");
}

}  // namespace
}  // namespace headroom::test
