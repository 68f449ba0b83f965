#pragma once
#include "headroom/core/error.h"

#include "support/fixture.h"

#include <string>

#include <c10/core/InferenceMode.h>

namespace headroom::test {

// The reference's cases of the VAE, of each model variant.
class VaeFixture : public ::testing::TestWithParam<std::string> {
 protected:
  const c10::InferenceMode inference_;
  const FixtureGroup group_ = test::load_group(GetParam(), "vae");

  // Runs the cases whose names begin with `prefix`; says how many there were.
  template <typename Check>
  int each(const std::string& prefix, Check check) const {
    int count = 0;
    for (const FixtureCase& c : group_.cases) {
      if (!c.name.starts_with(prefix)) continue;
      SCOPED_TRACE(c.name);
      check(c);
      ++count;
    }
    return count;
  }

  // Stops `forward` after each of its layers once.
  template <typename Forward>
  static void expect_stops(const Forward& forward) {
    int all = 0;
    forward([&] { ++all; });
    EXPECT_GT(all, 4);
    for (int stop_at = 1; stop_at <= all; ++stop_at) {
      int calls = 0;
      EXPECT_THROW(forward([&] {
                     if (++calls == stop_at) throw Cancelled{};
                   }),
                   Cancelled);
      EXPECT_EQ(calls, stop_at);
    }
  }
};

}  // namespace headroom::test
