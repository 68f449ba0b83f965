#include "headroom/gui_state/saved_session.h"

#include "headroom/core/error.h"
#include "headroom/core/state_file.h"

#include "support/expect_error.h"
#include "support/full_disk.h"
#include "support/temp_folder.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

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
  session.rescued = {"/tmp/模型.png"};
  session.recent_models = {"", "Tongyi-MAI/Z-Image-Turbo", "/models/模型"};
  GenerationRequest job;
  job.prompt = "waiting";
  job.width = 1024;
  job.seed = 7;
  job.shift = 2.5;
  job.seed_mode = SeedMode::kComposition;
  job.variety = Variety{0.5, 40};
  job.origin = Origin{{"fox.png", "ab", "/pictures/fox.png"}, "same-seed"};
  session.queue = {job};
  return session;
}

class SessionFileTest : public ::testing::Test {
 protected:
  const test::TempFolder temporary_;
  const fs::path folder_ = temporary_ / "session";  // made when it is written to
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
  EXPECT_EQ(after->rescued, before.rescued);
  EXPECT_EQ(after->queue, before.queue);
  EXPECT_EQ(after->recent_models, before.recent_models);
}

TEST(SavedSession, WhatIsOnlyEnlargedComesBack) {
  SavedSession before = sample();
  GenerationRequest& job = before.queue[0];
  job.upscale = Upscale{"/upscalers/sharp.pth", 2};
  job.origin->how = "upscale:sharp.pth:2";
  const auto after = read_session_text(session_text(before));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->queue, before.queue);
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

// Which earlier versions allowed, and took as being off.
TEST(SavedSession, GuidanceBelowZeroIsOff) {
  const auto session = read_session_text(
      R"({"settings": {"prompt": "kept", "guidance": -3}, "queue": [{"prompt": "b", "guidance": -1}]})");
  ASSERT_TRUE(session && session->settings);
  EXPECT_EQ(session->settings->draft.guidance_scale, 0);
  ASSERT_EQ(session->queue.size(), 1U);
  EXPECT_EQ(session->queue[0].guidance_scale, 0);
}

TEST_F(SessionFileTest, ADamagedOneIsAWarningAndAnEmptySession) {
  fs::create_directories(folder_);
  std::ofstream(folder_ / "session.json") << "{\"prompts\": [\"cut in the mid";
  SessionFile file(folder_);
  std::string warning;
  EXPECT_TRUE(file.read(warning).prompts.empty());
  EXPECT_NE(warning.find("session.json"), std::string::npos);
  EXPECT_NO_THROW(file.write(sample()));
  EXPECT_EQ(read_state_file(warning), "{\"prompts\": [\"cut in the mid") << "it is still there";
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

TEST_F(SessionFileTest, AFolderThatTakesNothingIsSaidEachTimeUntilItDoes) {
  std::string warning;
  std::ofstream(folder_) << "a file where the folder should be";
  SessionFile file(folder_);
  SessionFile second(folder_);
  EXPECT_FALSE(file.read(warning).settings);
  for (int i = 0; i < 2; ++i) {
    test::expect_error(ErrorKind::kIo, testing::HasSubstr("/session.json: Not a directory"),
                       [&] { file.write(sample()); });
    EXPECT_THROW(second.write(sample()), Error);
  }
  EXPECT_FALSE(file.kept().settings);
  fs::remove(folder_);
  SavedSession other = sample();
  other.queue[0].prompt = "of the second window";
  file.write(sample());
  second.write(other);
  EXPECT_EQ(file.kept().queue, sample().queue) << "each has a file of its own by now";
  EXPECT_EQ(second.kept().queue, other.queue);
}

TEST_F(SessionFileTest, PicturesThatAnotherWindowPutElsewhereAreTakenOverOnce) {
  {
    SessionFile first(folder_);
    SessionFile second(folder_);
    SavedSession left;
    left.rescued = {"/tmp/a.png"};
    first.write({});
    second.write(left);
  }
  std::string warning;
  SessionFile next(folder_);
  const SavedSession found = next.read(warning);
  EXPECT_EQ(found.rescued, std::vector<fs::path>{"/tmp/a.png"});
  EXPECT_EQ(found.pictures, found.rescued) << "shown, too";
  SessionFile later(folder_);
  EXPECT_TRUE(later.read(warning).rescued.empty());
}

TEST_F(SessionFileTest, AFullDiskKeepsWhatWasWrittenAndIsTriedAgain) {
  SessionFile file(folder_);
  SavedSession session = sample();
  file.write(session);
  session.settings->draft.prompt = "typed since";
  {
    const test::FullDisk full;
    EXPECT_THROW(file.write(session), Error);
    EXPECT_THROW(file.write(session), Error) << "the same text was not written";
    EXPECT_EQ(file.kept().settings->draft.prompt, sample().settings->draft.prompt);
  }
  file.write(session);
  EXPECT_EQ(file.kept().settings->draft.prompt, "typed since");
}

TEST_F(SessionFileTest, AFolderThatIsRemovedIsMadeAgain) {
  SessionFile file(folder_);
  file.write(sample());
  fs::remove_all(folder_);
  EXPECT_FALSE(file.kept().settings);
  file.write(sample());
  EXPECT_EQ(file.kept().queue, sample().queue) << "though nothing has changed";
  // Another window has made it anew meanwhile.
  fs::remove_all(folder_);
  SavedSession other = sample();
  other.queue[0].prompt = "of the second window";
  SessionFile second(folder_);
  second.write(other);
  file.write(sample());
  EXPECT_EQ(second.kept().queue, other.queue);
  EXPECT_EQ(file.kept().queue, sample().queue);
}

TEST_F(SessionFileTest, AFolderThatWasAwayForAWhileHasTheSameFilesAsBefore) {
  const fs::path away = folder_.string() + ".away";
  fs::remove_all(away);
  SessionFile first(folder_);
  SessionFile second(folder_);
  SavedSession session = sample();
  first.write(session);
  second.write(session);
  fs::rename(folder_, away);
  std::ofstream(folder_) << "a file where the folder should be";
  session.settings->draft.prompt = "typed since";
  EXPECT_THROW(first.write(session), Error);
  EXPECT_THROW(second.write(session), Error);
  fs::remove(folder_);
  fs::rename(away, folder_);
  second.write(session);
  first.write(session);
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder_))
    files += entry.path().extension() == ".json" ? 1 : 0;
  EXPECT_EQ(files, 2);
  EXPECT_EQ(first.kept().settings->draft.prompt, "typed since");
  EXPECT_EQ(second.kept().settings->draft.prompt, "typed since");
}

TEST_F(SessionFileTest, WhatCannotBeTakenOverStaysWhereItIs) {
  std::string warning;
  {
    SessionFile first(folder_);
    SessionFile second(folder_);
    SavedSession session = sample();
    first.write(session);
    session.queue[0].prompt = "of the second window";
    second.write(session);
  }
  {
    const test::FullDisk full;
    SessionFile next(folder_);
    EXPECT_EQ(next.read(warning).queue, sample().queue) << "its own comes back all the same";
  }
  SessionFile next(folder_);
  EXPECT_EQ(next.read(warning).queue.size(), 2U);
  EXPECT_EQ(warning, "");
}

TEST_F(SessionFileTest, ThatAllFilesAreTakenIsSaid) {
  std::vector<std::unique_ptr<SessionFile>> windows;
  for (int i = 0; i < 9; ++i) {
    windows.push_back(std::make_unique<SessionFile>(folder_));
    windows.back()->write(sample());
  }
  SessionFile tenth(folder_);
  test::expect_error(ErrorKind::kIo, testing::HasSubstr("all its files belong to other windows"),
                     [&] { tenth.write(sample()); });
  EXPECT_FALSE(tenth.kept().settings);
}

}  // namespace
}  // namespace headroom
