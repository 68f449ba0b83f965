#include "headroom/gui_actions/job_actions.h"

#include "headroom/gui_actions/undo_actions.h"

#include "gui/action_support.h"

namespace headroom::test {
namespace {

class JobActionsTest : public ActionsTest {
 protected:
  JobActionsTest() { state_.draft.prompt = "a cat"; }
  // Long after the press before.
  void generate(bool in_front = false) {
    now_s_ += 10;
    jobs_.generate({.in_front = in_front, .at_s = now_s_}, "");
  }
  StartPictureFinder finder_{context_};
  JobActions jobs_{context_, finder_};
  double now_s_ = 0;
};

TEST_F(JobActionsTest, TheDraftBecomesAJobAndItsPromptIsRemembered) {
  state_.live = false;
  state_.seed_text = "7";
  generate();
  ASSERT_EQ(jobs().size(), 1U);
  EXPECT_EQ(jobs()[0].request.prompt, "a cat");
  EXPECT_EQ(jobs()[0].request.seed, 7U);
  EXPECT_EQ(state_.history.all(), (std::vector<std::string>{"a cat"}));
  EXPECT_TRUE(state_.live) << "the first job takes the canvas";
  EXPECT_FALSE(state_.examples_open);
}

TEST_F(JobActionsTest, ALaterJobLeavesTheCanvasToWhatIsLookedAt) {
  submit({"running"});
  state_.live = false;
  generate();
  EXPECT_FALSE(state_.live);
  state_.draft.prompt = "a dog";
  generate(/*in_front=*/true);
  EXPECT_EQ(prompts(), (std::vector<std::string>{"running", "a dog", "a cat"}));
}

TEST_F(JobActionsTest, NothingIsMadeOfADraftThatIsWrong) {
  jobs_.generate({.at_s = 1}, "the prompt is empty");
  state_.seed_text = "99999999999999999999";
  jobs_.generate({.at_s = 10}, "");
  EXPECT_TRUE(jobs().empty());
}

TEST_F(JobActionsTest, TheSecondHalfOfADoubleClickIsNoPress) {
  jobs_.generate({.at_s = 1}, "");
  jobs_.generate({.at_s = 1.2}, "");
  EXPECT_EQ(jobs().size(), 1U);
  jobs_.generate({.at_s = 1.4, .repeats = true}, "");
  EXPECT_EQ(jobs().size(), 2U) << "with Shift it is meant";
  jobs_.generate({.at_s = 1.8}, "");
  EXPECT_EQ(jobs().size(), 3U);
}

TEST_F(JobActionsTest, APressWithAnotherPromptIsNoHalfOfADoubleClick) {
  jobs_.generate({.at_s = 1}, "");
  state_.draft.prompt = "a dog";
  jobs_.generate({.at_s = 1.2}, "");
  EXPECT_EQ(prompts(), (std::vector<std::string>{"a cat", "a dog"}));
}

TEST_F(JobActionsTest, AStartIsFittedToTheSizeAndItsMaskIsKept) {
  state_.draft.init = read_start_picture(write_picture("start.png", 96, 64));
  state_.draft.width = state_.draft.height = 64;
  PaintedMask mask({96, 64});
  mask.box({40, 10}, {60, 30}, true);
  state_.set_mask(std::make_shared<const PaintedMask>(mask));
  state_.mask_tool.on = true;
  generate();
  const StartPicture init = jobs().at(0).request.init;
  ASSERT_TRUE(init);
  EXPECT_EQ(init->image.width, 64);
  ASSERT_TRUE(init->repaint);
  EXPECT_EQ(init->repaint->width, 64);
  EXPECT_TRUE(std::filesystem::exists(init->mask_file.path)) << init->mask_file.path;
  EXPECT_FALSE(state_.mask_tool.on) << "to see what comes";
}

TEST_F(JobActionsTest, AJobThatWaitsLeavesWithAWayBack) {
  submit({"running", "one", "two"});
  jobs_.cancel(jobs()[1].id);
  EXPECT_EQ(prompts(), (std::vector<std::string>{"running", "two"}));
  EXPECT_TRUE(can_take_back());
  const auto step = state_.undo.undo(state_.settings());
  ASSERT_TRUE(step);
  ASSERT_EQ(step->removed.size(), 1U);
  EXPECT_EQ(step->removed[0].prompt, "one");
}

TEST_F(JobActionsTest, AllThatWaitLeaveAsOneStep) {
  submit({"running", "one", "two"});
  jobs_.clear_waiting();
  EXPECT_EQ(prompts(), (std::vector<std::string>{"running"}));
  EXPECT_TRUE(can_take_back());
  EXPECT_EQ(state_.undo.undo(state_.settings())->removed.size(), 2U);
  state_.banners.clear();
  jobs_.clear_waiting();
  EXPECT_TRUE(state_.banners.empty()) << "there were none";
}

TEST_F(JobActionsTest, JobsOfTheLastSessionAreGivenUpWithAWayBack) {
  state_.offer({small_request("one"), small_request("two")});
  ASSERT_EQ(state_.banners.size(), 1U);
  jobs_.decline_offered();
  EXPECT_TRUE(state_.offered.empty());
  ASSERT_EQ(state_.banners.size(), 2U);
  EXPECT_EQ(state_.banners[1].way, Banner::Way::kUndo);
  SizeActions size{context_};
  UndoActions{context_, size}.undo();
  EXPECT_TRUE(jobs().empty()) << "they are offered again, and not begun";
  ASSERT_EQ(state_.offered.size(), 2U);
  EXPECT_EQ(state_.offered[1].prompt, "two");
  EXPECT_EQ(state_.draft.prompt, "a cat");
}

TEST_F(JobActionsTest, APictureThatIsGivenUpIsNotedUntilItIsTakenBack) {
  GenerationRequest request = small_request("one");
  request.sampled = std::make_shared<const SampledPicture>();
  state_.offer({request, small_request("two")});
  jobs_.decline_offered();
  EXPECT_EQ(state_.given_up, std::vector{request.sampled}) << "it is not offered at the next start";
  SizeActions size{context_};
  UndoActions{context_, size}.undo();
  EXPECT_TRUE(state_.given_up.empty());
}

TEST_F(JobActionsTest, TheRunningJobIsCancelledWithoutAWayBack) {
  submit({"running", "one"});
  jobs_.cancel_running();
  EXPECT_TRUE(wait_until([&] { return prompts() == std::vector<std::string>{"one"}; }));
  EXPECT_TRUE(state_.banners.empty());
}

TEST_F(JobActionsTest, AWaitingJobMoves) {
  submit({"running", "one", "two"});
  jobs_.move(jobs()[2].id, -1);
  EXPECT_EQ(prompts(), (std::vector<std::string>{"running", "two", "one"}));
}

TEST_F(JobActionsTest, EscapeCancelsWhenItIsPressedTwice) {
  jobs_.escape(1);
  EXPECT_FALSE(state_.escape_cancels(1)) << "there is nothing to cancel";
  submit({"running"});
  jobs_.escape(5);
  EXPECT_TRUE(state_.escape_cancels(5.1));
  EXPECT_FALSE(jobs()[0].cancelling);
  jobs_.escape(8);
  EXPECT_FALSE(jobs()[0].cancelling) << "too late: it is the first one again";
  jobs_.escape(8.5);
  EXPECT_TRUE(wait_until([&] { return jobs().empty(); }));
}

TEST_F(JobActionsTest, WhatTheLastSessionDidNotMakeIsQueuedAndWhatCannotBeginStaysOnOffer) {
  const auto lost = std::make_shared<InitImage>();
  lost->file = {"gone.png", std::string(64, '0'), (folder_ / "gone.png").string()};
  GenerationRequest without = small_request("of a lost picture");
  without.init = lost;
  state_.offered = {small_request("plain"), without};
  jobs_.queue_offered();
  EXPECT_EQ(prompts(), (std::vector<std::string>{"plain"}));
  ASSERT_EQ(state_.offered.size(), 1U);
  EXPECT_EQ(state_.offered[0].prompt, "of a lost picture");
  EXPECT_EQ(last_banner().way, Banner::Way::kQueueOffered);
  EXPECT_NE(last_banner().text.english().find("gone.png"), std::string::npos);
}

}  // namespace
}  // namespace headroom::test
