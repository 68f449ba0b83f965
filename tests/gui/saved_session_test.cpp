#include "headroom/gui_state/saved_session.h"

#include "headroom/core/error.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

SavedSession sample() {
  SavedSession session;
  session.model = "Z-Image-Tiny";
  session.settings = Settings{};
  session.settings->draft.prompt = "一只猫\nsecond line";
  session.settings->draft.steps = 23;
  session.settings->draft.guidance_scale = 2.5;
  session.settings->seed_text = "18446744073709551615";
  session.settings->locked_ratio = Size{1920, 1080};
  session.prompts = {"one", "two"};
  session.place = SavedSession::Place{10, 20, 1300, 900, true, 1280, 800};
  session.pictures = {"/pictures/a.png", "/pictures/模型.png"};
  session.recent_models = {"", "Tongyi-MAI/Z-Image-Turbo", "/models/模型"};
  GenerationRequest job;
  job.prompt = "waiting";
  job.width = 1024;
  job.seed = 7;
  job.shift = 2.5;
  session.queue = {job};
  return session;
}

class SessionFileTest : public ::testing::Test {
 protected:
  SessionFileTest() : folder_(fs::path(testing::TempDir()) / "headroom_session") {
    fs::remove_all(folder_);
  }
  ~SessionFileTest() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST(SavedSession, ComesBackAsItWas) {
  const SavedSession before = sample();
  const auto after = read_session_text(session_text(before));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->model, before.model);
  EXPECT_EQ(after->settings, before.settings);
  EXPECT_EQ(after->prompts, before.prompts);
  EXPECT_EQ(after->place, before.place);
  EXPECT_EQ(after->pictures, before.pictures);
  EXPECT_EQ(after->queue, before.queue);
  EXPECT_EQ(after->recent_models, before.recent_models);
}

TEST(SavedSession, OfAnotherVersionGivesWhatItCan) {
  const auto session = read_session_text(
      R"({"prompts": ["kept"], "settings": {"prompt": "kept", "steps": "many", "new": 1},
          "queue": [{"prompt": "too wide", "width": 99999}, {"prompt": "fine"}, 7],
          "window": {"width": -1}, "pictures": {"a": 1}})");
  ASSERT_TRUE(session);
  EXPECT_EQ(session->prompts, std::vector<std::string>{"kept"});
  ASSERT_TRUE(session->settings);
  EXPECT_EQ(session->settings->draft.prompt, "kept");
  EXPECT_EQ(session->settings->draft.steps, GenerationRequest{}.steps);
  ASSERT_EQ(session->queue.size(), 1U);
  EXPECT_EQ(session->queue[0].prompt, "fine");
  EXPECT_FALSE(session->place);
  EXPECT_TRUE(session->pictures.empty());
  EXPECT_FALSE(read_session_text("damaged {"));
  EXPECT_FALSE(read_session_text("[1, 2]"));
}

TEST_F(SessionFileTest, ADamagedOneIsAWarningAndAnEmptySession) {
  fs::create_directories(folder_);
  std::ofstream(folder_ / "session.json") << "{\"prompts\": [\"cut in the mid";
  SessionFile file(folder_);
  std::string warning;
  EXPECT_TRUE(file.read(warning).prompts.empty());
  EXPECT_NE(warning.find("session.json"), std::string::npos);
  EXPECT_NO_THROW(file.write(sample()));
}

TEST_F(SessionFileTest, TwoWindowsKeepTheirOwnQueueAndTheNextOneTakesBoth) {
  std::string warning;
  SavedSession mine = sample();
  SavedSession other = sample();
  other.queue[0].prompt = "of the second window";
  {
    SessionFile first(folder_);
    SessionFile second(folder_);
    EXPECT_TRUE(first.read(warning).queue.empty());
    first.write(mine);
    EXPECT_TRUE(second.read(warning).queue.empty()) << "the first window still has its own";
    second.write(other);
    first.write(mine);
  }
  {
    SessionFile next(folder_);
    const SavedSession both = next.read(warning);
    ASSERT_EQ(both.queue.size(), 2U);
    EXPECT_EQ(both.queue[0].prompt, "waiting");
    EXPECT_EQ(both.queue[1].prompt, "of the second window");
  }
  SessionFile again(folder_);
  EXPECT_EQ(again.read(warning).queue.size(), 2U) << "taken once, not lost and not doubled";
  EXPECT_EQ(warning, "");
}

TEST_F(SessionFileTest, ThePromptThatAnotherWindowDidNotSendIsTakenOver) {
  std::string warning;
  const auto leave = [&](const std::string& mine, const std::string& others) {
    fs::remove_all(folder_);
    SessionFile first(folder_);
    SessionFile second(folder_);
    SavedSession session = sample();
    session.settings->draft.prompt = mine;
    session.prompts = {"sent"};
    first.write(session);
    session.settings->draft.prompt = others;
    session.settings->draft.steps = 23;
    session.prompts = {"sent by the second"};
    second.write(session);
  };
  const auto next = [&] { return SessionFile(folder_).read(warning); };

  leave("", "a draft");
  SavedSession taken = next();
  EXPECT_EQ(taken.settings->draft.prompt, "a draft");
  EXPECT_EQ(taken.settings->draft.steps, 23);
  EXPECT_EQ(taken.prompts, (std::vector<std::string>{"sent", "sent by the second", "a draft"}));
  EXPECT_EQ(next().prompts, taken.prompts) << "taken once, not lost and not doubled";

  leave("mine", "a draft");
  taken = next();
  EXPECT_EQ(taken.settings->draft.prompt, "mine");
  EXPECT_EQ(taken.prompts, (std::vector<std::string>{"sent", "sent by the second", "a draft"}));

  leave("mine", "");
  EXPECT_EQ(next().prompts, (std::vector<std::string>{"sent", "sent by the second"}));
  EXPECT_EQ(warning, "");
}

TEST_F(SessionFileTest, WithoutAFolderNothingIsKept) {
  SessionFile file({});
  std::string warning;
  EXPECT_FALSE(file.read(warning).settings);
  EXPECT_NO_THROW(file.write(sample()));
}

}  // namespace
}  // namespace headroom
