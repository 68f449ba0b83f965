#include "headroom/memory/frontier.h"

#include "headroom/core/error.h"

#include <map>
#include <random>
#include <utility>

#include <gtest/gtest.h>

namespace headroom {
namespace {

using State = FrontierCell::State;

FrontierCell cell(State state, std::int64_t peak_bytes = 0, std::int64_t shortfall_bytes = 0) {
  FrontierCell c;
  c.state = state;
  c.peak_bytes = peak_bytes;
  c.shortfall_bytes = shortfall_bytes;
  return c;
}

// Fits up to an area, slower in the last quarter of it.
std::function<FrontierCell(Size)> by_area(std::int64_t budget) {
  return [budget](Size s) {
    const std::int64_t need = std::int64_t{s.width} * s.height;
    if (need > budget) return cell(State::kNo, need, need - budget);
    return cell(need > budget * 3 / 4 ? State::kFitsSlower : State::kFits, need);
  };
}

TEST(Frontier, HoldsEverySizeByHeightThenWidth) {
  const Frontier table = compute_frontier(64, 256, by_area(1 << 30));
  EXPECT_EQ(table.step, 64);
  EXPECT_EQ(table.max, 256);
  ASSERT_EQ(table.cells.size(), 16u);
  for (int i = 0; i < 16; ++i) {
    const FrontierCell& c = table.cells[static_cast<std::size_t>(i)];
    EXPECT_EQ(c.width, 64 * (i % 4 + 1));
    EXPECT_EQ(c.height, 64 * (i / 4 + 1));
    EXPECT_EQ(c.peak_bytes, c.width * c.height);
    EXPECT_EQ(table.find({c.width, c.height}), &c);
  }
}

TEST(Frontier, FindsOnlyWhatIsInTheTable) {
  const Frontier table = compute_frontier(64, 250, by_area(1 << 30));
  EXPECT_EQ(table.cells.size(), 9u);  // up to 192
  for (const Size size : {Size{0, 64}, Size{64, 0}, Size{-64, 64}, Size{65, 64}, Size{64, 250},
                          Size{256, 64}, Size{64, 256}}) {
    EXPECT_EQ(table.find(size), nullptr) << to_string(size);
  }
  EXPECT_EQ(Frontier{}.find({64, 64}), nullptr);
}

TEST(Frontier, RefusesATableWithoutSizes) {
  for (const auto& [step, max] : {std::pair{0, 64}, {-1, 64}, {64, 63}, {64, 0}}) {
    try {
      (void)compute_frontier(step, max, by_area(1));
      ADD_FAILURE() << step << " " << max;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInvalidRequest);
    }
  }
}

TEST(Frontier, TheCriticalPointIsTheLargestSquareThatIsNotSlower) {
  EXPECT_EQ(compute_frontier(64, 1024, by_area(640 * 640)).critical_point, (Size{512, 512}));
  EXPECT_EQ(compute_frontier(64, 1024, by_area(1 << 30)).critical_point, (Size{1024, 1024}));
  EXPECT_EQ(compute_frontier(64, 1024, by_area(64 * 64)).critical_point, std::nullopt);  // slower
  EXPECT_EQ(compute_frontier(64, 1024, by_area(0)).critical_point, std::nullopt);
}

// In a large picture copies may hide that show in a smaller one.
TEST(Frontier, TheCriticalPointDoesNotSkipASlowerSizeThatIsOfUse) {
  const auto critical = [](int slow_from, int slow_to) {
    return compute_frontier(64, 1024,
                            [&](Size s) {
                              const bool slow = s.width >= slow_from && s.width <= slow_to;
                              return cell(slow ? State::kFitsSlower : State::kFits,
                                          std::int64_t{s.width} * s.height);
                            })
        .critical_point;
  };
  EXPECT_EQ(critical(768, 896), (Size{704, 704}));
  EXPECT_EQ(critical(64, 448), (Size{1024, 1024}));
  EXPECT_EQ(critical(64, 512), std::nullopt);
}

TEST(Frontier, AMonotoneAnswerIsLeftAsItIs) {
  const auto evaluate = by_area(700 * 700);
  for (const FrontierCell& c : compute_frontier(64, 1024, evaluate).cells) {
    const FrontierCell own = evaluate({c.width, c.height});
    EXPECT_EQ(c.state, own.state);
    EXPECT_EQ(c.shortfall_bytes, own.shortfall_bytes);
  }
}

// 128 x 64 is 5 bytes short; everything that is at least as large in both sides goes with it.
TEST(Frontier, ALargerSizeGivesWayToASmallerOneThatDoesNotFit) {
  ExecutionOptions execution;
  execution.evict_encoder = true;
  const Frontier table = compute_frontier(64, 192, [&](Size s) {
    if (s == Size{128, 64}) return cell(State::kNo, 105, 5);
    if (s == Size{192, 192}) return cell(State::kNo, 130, 30);
    FrontierCell fits = cell(State::kFits, 99);
    fits.execution = execution;
    return fits;
  });
  for (const int height : {64, 128, 192}) {
    EXPECT_EQ(table.find({64, height})->state, State::kFits);
    EXPECT_EQ(table.find({128, height})->state, State::kNo);
    EXPECT_EQ(table.find({192, height})->state, State::kNo);
    EXPECT_EQ(table.find({128, height})->shortfall_bytes, 5);
  }
  EXPECT_EQ(table.find({128, 128})->peak_bytes, 99);  // its own
  EXPECT_EQ(table.find({128, 128})->execution, execution);
  EXPECT_EQ(table.find({192, 192})->shortfall_bytes, 30);  // its own
  EXPECT_EQ(table.critical_point, (Size{64, 64}));
}

// Whatever an evaluation says: an offered size fits by itself, and so does everything below it, and
// nothing is refused without a reason at or below it.
TEST(Frontier, IsMonotoneAndAsLargeAsCanBeForRandomEvaluations) {
  std::mt19937 random(3);
  const auto draw = [&](int low, int high) {
    return std::uniform_int_distribution(low, high)(random);
  };
  for (int round = 0; round < 300; ++round) {
    const int step = draw(1, 64);
    const int sides = draw(1, 12);
    const int noise = draw(0, 2) == 0 ? 60'000 : draw(0, 40);
    const std::int64_t budget = draw(0, sides * sides * step * step);
    std::map<std::pair<int, int>, FrontierCell> own;
    int asked = 0;
    const Frontier table = compute_frontier(step, sides * step + draw(0, step - 1), [&](Size s) {
      ++asked;
      const std::int64_t need = std::int64_t{s.width} * s.height + draw(-noise, noise);
      const State fits = draw(0, 1) == 0 ? State::kFits : State::kFitsSlower;
      return own[{s.width, s.height}] =
                 need > budget ? cell(State::kNo, need, need - budget) : cell(fits, need);
    });
    ASSERT_EQ(asked, sides * sides);
    ASSERT_EQ(own.size(), table.cells.size());
    std::optional<Size> critical;
    bool over = false;
    for (const FrontierCell& c : table.cells) {
      std::int64_t worst = 0;
      bool all_below_fit = true;
      for (const auto& [size, below] : own) {
        if (size.first > c.width || size.second > c.height || below.state != State::kNo) continue;
        all_below_fit = false;
        worst = std::max(worst, below.shortfall_bytes);
      }
      ASSERT_EQ(c.state != State::kNo, all_below_fit) << c.width << "x" << c.height;
      const FrontierCell& self = own.at({c.width, c.height});
      ASSERT_EQ(c.peak_bytes, self.peak_bytes);
      if (all_below_fit) {
        ASSERT_EQ(c.state, self.state);
        ASSERT_EQ(c.shortfall_bytes, 0);
      } else {
        ASSERT_GT(c.shortfall_bytes, 0);
        ASSERT_LE(c.shortfall_bytes, worst);
      }
      if (c.width != c.height || over) continue;
      if (c.state == State::kFits) critical = Size{c.width, c.height};
      over = c.state != State::kFits && c.width >= 512;
    }
    ASSERT_EQ(table.critical_point, critical);
  }
}

// One network that matters: 100 bytes resident, streamed for 1 second per block more.
class OneNetwork final : public PlanCosts {
 public:
  explicit OneNetwork(double resident_seconds) : resident_seconds_(resident_seconds) {
    space.layers = 10;
  }
  PlanSpace space;
  StageNeed need(Stage stage, const ExecutionOptions& r) override {
    if (stage != Stage::kDenoise) return {};
    const std::int64_t bytes = 100 - 10 * r.stream_blocks;
    return {bytes, 5, 0, bytes + 5};
  }
  HeldWeights weights(NetworkId network, const ExecutionOptions& r) override {
    return {need(first_stage(entry_of(network)), r).weights_bytes, 0, 0};
  }
  double seconds(Stage stage, const ExecutionOptions& r, bool) override {
    return stage == Stage::kDenoise ? resident_seconds_ + r.stream_blocks : 0;
  }

 private:
  double resident_seconds_;
};

TEST(JudgeSize, TellsWhatAPlanCosts) {
  OneNetwork costs(20);
  const FrontierCell resident = judge_size({64, 32}, costs.space, costs, 105);
  EXPECT_EQ(resident.width, 64);
  EXPECT_EQ(resident.height, 32);
  EXPECT_EQ(resident.state, State::kFits);
  EXPECT_EQ(resident.peak_bytes, 105);
  EXPECT_EQ(resident.execution, ExecutionOptions{});
  EXPECT_EQ(resident.shortfall_bytes, 0);
  // 21 of 20 seconds is 1.05 times as long, 22 is more.
  EXPECT_EQ(judge_size({64, 32}, costs.space, costs, 95).state, State::kFits);
  EXPECT_EQ(judge_size({64, 32}, costs.space, costs, 95).execution.stream_blocks, 1);
  EXPECT_EQ(judge_size({64, 32}, costs.space, costs, 94).state, State::kFitsSlower);
  EXPECT_EQ(judge_size({64, 32}, costs.space, costs, 94).execution.stream_blocks, 2);
  EXPECT_EQ(judge_size({64, 32}, costs.space, costs, 94).peak_bytes, 85);
}

TEST(JudgeSize, NamesTheSmallestPlanWhenNoneFits) {
  OneNetwork costs(20);
  const FrontierCell none = judge_size({64, 32}, costs.space, costs, 4);
  EXPECT_EQ(none.state, State::kNo);
  EXPECT_EQ(none.peak_bytes, 5);
  EXPECT_EQ(none.execution.stream_blocks, 10);
  EXPECT_EQ(none.shortfall_bytes, 1);
  EXPECT_EQ(judge_size({64, 32}, costs.space, costs, -10).shortfall_bytes, 15);
}

TEST(JudgeSize, LowVramShowsWhatItTakes) {
  OneNetwork costs(5);
  const FrontierCell lean = judge_size({64, 32}, costs.space, costs, 1000, {}, true);
  EXPECT_EQ(lean.execution.stream_blocks, 5);  // twice the seconds
  EXPECT_EQ(lean.peak_bytes, 55);
  EXPECT_EQ(lean.state, State::kFitsSlower);
}

}  // namespace
}  // namespace headroom
