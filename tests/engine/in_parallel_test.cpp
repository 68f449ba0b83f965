#include "headroom/engine/in_parallel.h"

#include <atomic>
#include <latch>
#include <stdexcept>

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(InParallel, RunsEveryShareAtTheSameTime) {
  std::latch all_there(3);  // none ends before all have begun
  std::atomic<int> sum = 0;
  in_parallel(3, [&](int i) {
    all_there.arrive_and_wait();
    sum += 1 << i;
  });
  EXPECT_EQ(sum, 7);
  in_parallel(0, [](int) { FAIL(); });
}

TEST(InParallel, PassesOnWhatIsThrownWhenAllAreDone) {
  std::atomic<int> done = 0;
  const auto work = [&](int i) {
    if (i == 1) throw std::runtime_error("share 1");
    ++done;
  };
  try {
    in_parallel(3, work);
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "share 1");
  }
  EXPECT_EQ(done, 2);
}

}  // namespace
}  // namespace headroom
