#include "headroom/cli/signals.h"

#include <cerrno>
#include <csignal>

#include <gtest/gtest.h>
#include <unistd.h>

namespace headroom {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kLong{10'000};  // not reached where it works

TEST(BlockedSignals, AreAskedForInsteadOfInterrupting) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const BlockedSignals signals;
    EXPECT_FALSE(signals.wait_for(milliseconds(0)));
    ASSERT_EQ(std::raise(signal), 0);
    EXPECT_TRUE(signals.wait_for(kLong));
    EXPECT_FALSE(signals.wait_for(milliseconds(0))) << "each counts once";
  }
}

TEST(BlockedSignals, LeaveNoneToEndTheProgramAfterThem) {
  {
    const BlockedSignals signals;
    ASSERT_EQ(std::raise(SIGINT), 0);
  }
  sigset_t pending;
  ASSERT_EQ(sigpending(&pending), 0);
  EXPECT_FALSE(sigismember(&pending, SIGINT));
  EXPECT_EXIT(std::raise(SIGTERM), ::testing::KilledBySignal(SIGTERM), "") << "still blocked";
}

TEST(WriteSignals, OfAClosedPipeComeBackAsErrors) {
  const auto write_to_nobody = [] {
    ignore_write_signals();
    int ends[2];
    if (::pipe(ends) != 0) ::_exit(3);
    ::close(ends[0]);
    const bool refused = ::write(ends[1], "x", 1) == -1 && errno == EPIPE;
    ::_exit(refused ? 0 : 1);
  };
  EXPECT_EXIT(write_to_nobody(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace headroom
