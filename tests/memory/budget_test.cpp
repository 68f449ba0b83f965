#include "headroom/memory/budget.h"

#include "headroom/core/bytes.h"

#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

struct BudgetCase {
  const char* name;
  MemorySnapshot snapshot;
  BudgetOptions options;
  std::int64_t expected;
};

MemorySnapshot card(std::int64_t total, std::int64_t free, std::int64_t weights = 0,
                    std::int64_t activations = 0, std::int64_t cached = 0) {
  MemorySnapshot s;
  s.total = total;
  s.free = free;
  s.weights = weights;
  s.activations = activations;
  s.cached = cached;
  s.source = "a card";
  return s;
}

TEST(Budget, IsWhatIsFreeOrOursWithoutTheReserveAndNotMoreThanTheCap) {
  const BudgetCase cases[] = {
      {"small card keeps 256 MiB", card(6 * kGiB, 5 * kGiB), {}, 5 * kGiB - 256 * kMiB},
      {"tiny card keeps a tenth", card(600 * kMiB, 500 * kMiB), {}, 440 * kMiB},
      {"large card keeps 3 %", card(100 * kGiB, 90 * kGiB), {}, 87 * kGiB},
      {"own memory counts, whatever it is for",
       card(8 * kGiB, 2 * kGiB, 3 * kGiB, kGiB, 512 * kMiB),
       {},
       6 * kGiB + 512 * kMiB - 256 * kMiB},
      {"chosen reserve",
       card(8 * kGiB, 4 * kGiB),
       {.vram_cap_bytes = {}, .reserve_bytes = kGiB},
       3 * kGiB},
      {"no reserve",
       card(8 * kGiB, 4 * kGiB),
       {.vram_cap_bytes = {}, .reserve_bytes = 0},
       4 * kGiB},
      {"cap below", card(8 * kGiB, 4 * kGiB), {.vram_cap_bytes = kGiB, .reserve_bytes = {}}, kGiB},
      {"cap above",
       card(8 * kGiB, 4 * kGiB),
       {.vram_cap_bytes = 7 * kGiB, .reserve_bytes = 0},
       4 * kGiB},
      {"others hold everything", card(8 * kGiB, 0), {}, -256 * kMiB},
  };
  for (const BudgetCase& c : cases) {
    EXPECT_EQ(compute_budget(c.snapshot, c.options).budget_bytes, c.expected) << c.name;
  }
}

TEST(Budget, ReportsWhatItWasMadeFrom) {
  const Budget budget = compute_budget(card(8 * kGiB, 3 * kGiB, kGiB), {});
  EXPECT_EQ(budget.total_bytes, 8 * kGiB);
  EXPECT_EQ(budget.free_bytes, 3 * kGiB);
  EXPECT_EQ(budget.source, "a card");
  EXPECT_FALSE(budget.is_main_memory);
}

TEST(Budget, KeepsAtMostATenthOfASmallDeviceFree) {
  EXPECT_EQ(default_reserve(90 * kMiB), 9 * kMiB);
  EXPECT_EQ(default_reserve(2560 * kMiB), 256 * kMiB);
  EXPECT_EQ(default_reserve(6 * kGiB), 256 * kMiB);
  EXPECT_EQ(default_reserve(100 * kGiB), 3 * kGiB);
}

TEST(Budget, ItsTermsAddUpWhateverTheSnapshotSays) {
  MemorySnapshot odd = card(8 * kGiB, 2 * kGiB, kGiB);  // 5 GiB are nobody's
  odd.reserved_by_driver = 200 * kMiB;
  odd.used_by_others = 3 * kGiB;
  for (const MemorySnapshot& snapshot : {card(6 * kGiB, 5 * kGiB), card(8 * kGiB, 0), odd}) {
    const Budget b = compute_budget(snapshot, {});
    EXPECT_EQ(b.total_bytes - b.reserved_by_driver_bytes - b.others_bytes - b.kept_free_bytes,
              b.budget_bytes);
    EXPECT_FALSE(b.cap_bytes);
  }
  const Budget capped = compute_budget(card(8 * kGiB, 6 * kGiB), {kGiB, {}});
  EXPECT_EQ(capped.cap_bytes, kGiB);
  EXPECT_EQ(capped.budget_bytes, kGiB);
  EXPECT_EQ(capped.uncapped_bytes(), 6 * kGiB - 256 * kMiB);
}

Budget budget_of(std::int64_t others_mib, std::int64_t kept_mib,
                 std::optional<std::int64_t> cap_mib = {}) {
  BudgetOptions options;
  options.reserve_bytes = kept_mib * kMiB;
  if (cap_mib) options.vram_cap_bytes = *cap_mib * kMiB;
  MemorySnapshot snapshot = card(1000 * kMiB, (1000 - others_mib) * kMiB);
  snapshot.used_by_others = others_mib * kMiB;
  return compute_budget(snapshot, options);
}

TEST(Obstacle, IsTheTermThatAloneWouldLetItThrough) {
  const auto of = [](std::int64_t need_mib, const Budget& b) {
    return obstacle_of(need_mib * kMiB, b);
  };
  EXPECT_EQ(of(600, budget_of(300, 100)), Obstacle::kNone);
  EXPECT_EQ(of(601, budget_of(300, 100)), Obstacle::kOthers);
  EXPECT_EQ(of(700, budget_of(300, 100)), Obstacle::kOthers);  // both would do; others hold more
  EXPECT_EQ(of(700, budget_of(100, 300)), Obstacle::kReserve);
  EXPECT_EQ(of(19, budget_of(0, 990)), Obstacle::kReserve);
  EXPECT_EQ(of(710, budget_of(200, 100, 900)), Obstacle::kOthers);
  EXPECT_EQ(of(750, budget_of(100, 200)), Obstacle::kReserve);
  EXPECT_EQ(of(950, budget_of(100, 100)), Obstacle::kOthersAndReserve);
  EXPECT_EQ(of(1001, budget_of(100, 100)), Obstacle::kDevice);
  EXPECT_EQ(of(19, budget_of(0, 100, 10)), Obstacle::kCap);
  EXPECT_EQ(of(950, budget_of(300, 100, 500)), Obstacle::kCap);
}

TEST(Obstacle, TheWayOutNamesThatTermAndNoOther) {
  const auto says = [](Obstacle obstacle, const char* part) {
    return way_out(obstacle, budget_of(300, 100, 10)).english().find(part) != std::string::npos;
  };
  EXPECT_TRUE(says(Obstacle::kCap, "--vram-cap (10 MB now)"));
  EXPECT_FALSE(says(Obstacle::kCap, "other programs"));
  EXPECT_TRUE(says(Obstacle::kOthers, "close other programs, which hold 300 MB"));
  EXPECT_TRUE(says(Obstacle::kReserve, "--vram-reserve (100 MB"));
  EXPECT_FALSE(says(Obstacle::kReserve, "other programs"));
  EXPECT_TRUE(says(Obstacle::kOthersAndReserve, "300 MB"));
  EXPECT_TRUE(says(Obstacle::kOthersAndReserve, "100 MB"));
  EXPECT_TRUE(says(Obstacle::kDevice, "smaller model"));
  EXPECT_TRUE(way_out(Obstacle::kNone, {}).empty());
}

}  // namespace
}  // namespace headroom
