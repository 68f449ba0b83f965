// Whose a session's file is where the file system has no locks.
#include "headroom/core/state_file.h"
#include "headroom/gui_state/saved_session.h"

#include "support/temp_folder.h"

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

int made_up_failure = 0;

}  // namespace

// In the place of the C library's: some network file systems fail like this.
extern "C" int flock(int file, int operation) noexcept {
  if (made_up_failure == 0) return static_cast<int>(syscall(SYS_flock, file, operation));
  errno = made_up_failure;
  return -1;
}

namespace headroom {
namespace {

namespace fs = std::filesystem;

SavedSession waiting(const std::string& prompt) {
  SavedSession session;
  session.settings = Settings{};
  session.settings->draft.prompt = "draft of " + prompt;
  GenerationRequest job;
  job.prompt = prompt;
  session.queue = {job};
  return session;
}

class SessionLockTest : public ::testing::TestWithParam<int> {
 protected:
  SessionLockTest() { made_up_failure = GetParam(); }
  ~SessionLockTest() override { made_up_failure = 0; }
  // Of a window that ends without a word: as by a power failure, but with what it wrote.
  void leave_without_a_word(const std::string& prompt) const {
    const pid_t child = fork();
    if (child == 0) {
      SessionFile file(folder_);
      file.write(waiting(prompt));
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_EQ(status, 0);
    ASSERT_TRUE(fs::exists(owner_));
  }
  // Replaces line `index` of what the owner wrote.
  void say_owner(int index, const std::string& line) const {
    std::string text = read_state_file(owner_);
    std::size_t begin = 0;
    for (int i = 0; i < index; ++i) begin = text.find('\n', begin) + 1;
    text.replace(begin, text.find('\n', begin) - begin, line);
    std::ofstream(owner_) << text;
  }
  [[nodiscard]] SavedSession next() const {
    std::string warning;
    SessionFile file(folder_);
    SavedSession session = file.read(warning);
    EXPECT_EQ(warning, "");
    return session;
  }
  const test::TempFolder temporary_;
  const fs::path folder_ = temporary_ / "session";
  const fs::path owner_ = folder_ / "session.json.owner";
};

TEST_P(SessionLockTest, TwoWindowsKeepTheirOwnAndTheNextOneTakesBoth) {
  std::string warning;
  {
    SessionFile first(folder_);
    SessionFile second(folder_);
    first.write(waiting("first"));
    EXPECT_TRUE(second.read(warning).queue.empty()) << "the first window still has its own";
    second.write(waiting("second"));
    first.write(waiting("first, later"));
    EXPECT_EQ(second.kept().queue, waiting("second").queue);
    EXPECT_EQ(first.kept().queue, waiting("first, later").queue);
  }
  const SavedSession both = next();
  ASSERT_EQ(both.queue.size(), 2U);
  EXPECT_EQ(both.queue[0].prompt, "first, later");
  EXPECT_EQ(both.queue[1].prompt, "second");
  EXPECT_EQ(next().queue.size(), 2U) << "taken once";
  for (const auto& entry : fs::directory_iterator(folder_))
    EXPECT_NE(entry.path().extension(), ".owner") << "nobody has it any more";
}

TEST_P(SessionLockTest, WhatAWindowThatDiedHasWrittenComesBack) {
  leave_without_a_word("died");
  const SavedSession session = next();
  ASSERT_EQ(session.queue.size(), 1U);
  EXPECT_EQ(session.queue[0].prompt, "died");
  ASSERT_TRUE(session.settings);
  EXPECT_EQ(session.settings->draft.prompt, "draft of died");
}

TEST_P(SessionLockTest, AfterTheMachineWasStartedAgainItsNumbersMeanNothing) {
  leave_without_a_word("before");
  say_owner(1, "another boot");
  say_owner(3, std::to_string(getpid()));  // some other program has it now
  EXPECT_EQ(next().queue.size(), 1U);
}

TEST_P(SessionLockTest, AnotherMachinesIsLeftAloneForADay) {
  leave_without_a_word("elsewhere");
  say_owner(0, "another-machine");
  EXPECT_TRUE(next().queue.empty());
  {
    SessionFile file(folder_);
    file.write(waiting("here"));
    EXPECT_EQ(file.kept().queue, waiting("here").queue);
  }
  EXPECT_EQ(next().queue, waiting("here").queue);
  fs::last_write_time(owner_, fs::file_time_type::clock::now() - std::chrono::hours(25));
  EXPECT_EQ(next().queue.size(), 2U) << "it will not come back";
}

// As after a day in which the machine slept.
TEST_P(SessionLockTest, AWindowThatHasLostItsFileTakesAnotherOne) {
  SessionFile first(folder_);
  first.write(waiting("first"));
  say_owner(0, "another-machine");
  const std::string theirs = session_text(waiting("theirs"));
  std::ofstream(folder_ / "session.json") << theirs;
  first.write(waiting("first, later"));
  EXPECT_EQ(read_state_file(folder_ / "session.json"), theirs);
  EXPECT_EQ(first.kept().queue, waiting("first, later").queue);
}

TEST_P(SessionLockTest, AFolderThatCannotBeWrittenIsSaidAndMendedLater) {
  std::ofstream(folder_) << "a file where the folder should be";
  SessionFile file(folder_);
  EXPECT_ANY_THROW(file.write(waiting("first")));
  fs::remove(folder_);
  file.write(waiting("first"));
  EXPECT_EQ(next().queue, std::vector<GenerationRequest>{}) << "it has its owner";
  EXPECT_EQ(file.kept().queue, waiting("first").queue);
}

INSTANTIATE_TEST_SUITE_P(NoLocks, SessionLockTest, ::testing::Values(ENOLCK, EOPNOTSUPP, ENOSYS));

}  // namespace
}  // namespace headroom
