#include "headroom/gui_state/forgotten.h"

#include "support/temp_folder.h"

#include <fstream>

#include <gtest/gtest.h>

namespace headroom {
namespace {

SavedSession with_prompt(const std::string& prompt) {
  SavedSession session;
  session.settings.emplace();
  session.settings->draft.prompt = prompt;
  return session;
}

GenerationRequest job(const std::string& prompt) {
  GenerationRequest request;
  request.prompt = prompt;
  request.seed = 7;
  return request;
}

TEST(Forgotten, IsNothingOfWhatIsKept) {
  SavedSession now = with_prompt("a cat");
  now.settings->draft.negative_prompt = "dogs";
  now.prompts = {"a bird"};
  now.queue = {job("a fish")};
  EXPECT_FALSE(forgotten(now, now).any());
  EXPECT_FALSE(forgotten(now, *read_session_text(session_text(now))).any());
  EXPECT_FALSE(forgotten({}, {}).any());
  SavedSession moved = now;
  moved.settings->draft.steps = 3;  // no question is asked over such a thing
  moved.place = SavedSession::Place{1, 2, 3, 4};
  EXPECT_FALSE(forgotten(moved, now).any());
}

TEST(Forgotten, IsWhatWasTypedSinceAndAskedFor) {
  SavedSession now = with_prompt("a cat in the rain");
  now.settings->draft.negative_prompt = "dogs";
  now.prompts = {"a bird", "a cat in the rain"};
  now.queue = {job("a fish"), job("another fish")};
  SavedSession kept = with_prompt("a cat");
  kept.queue = {job("a fish")};
  Forgotten lost = forgotten(now, kept);
  EXPECT_EQ(lost.prompts, (std::vector<std::string>{"a cat in the rain", "a bird"}));
  EXPECT_TRUE(lost.negative);
  EXPECT_FALSE(lost.mask);
  EXPECT_EQ(lost.jobs, 1U);
  kept.prompts = {"a cat in the rain", "a bird"};  // it comes back by Alt+Up
  lost = forgotten(now, kept);
  EXPECT_TRUE(lost.prompts.empty());
  EXPECT_TRUE(lost.any());
}

TEST(Forgotten, IsAMaskWithoutItsFile) {
  const test::TempFolder folder;
  SavedSession now = with_prompt("");
  now.mask = InitImage::File{.name = "mask.png", .sha256 = "1234"};
  now.mask->path = (folder.path() / "mask.png").string();
  EXPECT_TRUE(forgotten(now, now).mask) << "its file is not there";
  std::ofstream(now.mask->path) << "painted";
  EXPECT_FALSE(forgotten(now, now).mask);
  SavedSession kept = now;
  kept.mask->sha256 = "5678";
  EXPECT_TRUE(forgotten(now, kept).mask);
  EXPECT_FALSE(forgotten(kept, {}).prompts.size() > 0);
}

}  // namespace
}  // namespace headroom
