#include "headroom/core/bytes.h"
#include "headroom/memory/forecast.h"

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
}

}  // namespace
}  // namespace headroom
