#include "headroom/memory/workspace_terms.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

std::vector<WorkspaceSample> line(std::int64_t constant, std::int64_t factor) {
  std::vector<WorkspaceSample> samples;
  for (const std::int64_t size : {100, 1000, 5000, 20000}) {
    samples.push_back({size, constant + factor * size});
  }
  return samples;
}

TEST(UpperEnvelope, IsNothingWithoutSamplesOrWhenNothingIsMissing) {
  EXPECT_EQ(upper_envelope({}), WorkspaceTerm{});
  const std::vector<WorkspaceSample> enough{{100, 0}, {200, -50}, {4000, 0}};
  EXPECT_EQ(upper_envelope(enough), WorkspaceTerm{});
}

TEST(UpperEnvelope, FindsALineThatIsThere) {
  EXPECT_EQ(upper_envelope(line(300, 0)), (WorkspaceTerm{300, 0}));
  EXPECT_EQ(upper_envelope(line(0, 2)), (WorkspaceTerm{0, 2}));
  EXPECT_EQ(upper_envelope(line(70, 3)), (WorkspaceTerm{70, 3}));
}

TEST(UpperEnvelope, IgnoresSamplesBelowTheLine) {
  std::vector<WorkspaceSample> samples = line(70, 3);
  samples.push_back({10000, 20});
  samples.push_back({15000, -5});
  EXPECT_EQ(upper_envelope(samples), (WorkspaceTerm{70, 3}));
}

TEST(UpperEnvelope, OfOneSampleTouchesIt) {
  const std::vector<WorkspaceSample> one{{4000, 1000}};
  EXPECT_EQ(upper_envelope(one).of(4000), 1000);
}

// A large operation without scratch must not pull the line below a small one with some.
TEST(UpperEnvelope, NeverFallsBelowASample) {
  std::mt19937_64 random(20260101);
  const auto draw = [&](std::int64_t most) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most + 1));
  };
  for (int round = 0; round < 500; ++round) {
    std::vector<WorkspaceSample> samples;
    for (std::int64_t i = draw(12); i >= 0; --i) {
      samples.push_back({draw(1'000'000'000), draw(50'000'000) - 10'000'000});
    }
    const WorkspaceTerm term = upper_envelope(samples);
    EXPECT_GE(term.constant_bytes, 0);
    EXPECT_GE(term.factor, 0);
    for (const WorkspaceSample& s : samples) {
      EXPECT_GE(term.of(s.operation_bytes), s.missing_bytes);
    }
  }
}

TEST(WorkspaceTerm, RoundsUpToWholeBytes) {
  EXPECT_EQ((WorkspaceTerm{10, 0.5}).of(3), 12);
  EXPECT_EQ((WorkspaceTerm{10, 0.5}).of(0), 10);
}

}  // namespace
}  // namespace headroom
