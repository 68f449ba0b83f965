#include "headroom/core/bytes.h"
#include "headroom/memory/forecast.h"

#include <algorithm>

namespace headroom {

Budget compute_budget(const MemorySnapshot& snapshot, const BudgetOptions& options) {
  constexpr std::int64_t kLeastReserve = 256 * kMiB;
  const std::int64_t reserve =
      options.reserve_bytes.value_or(std::max(kLeastReserve, snapshot.total * 3 / 100));
  Budget budget;
  budget.total_bytes = snapshot.total;
  budget.free_bytes = snapshot.free;
  budget.source = snapshot.source;
  // What this program holds already can be given back or is what the run needs anyway. Others may
  // have taken more than was free: then a driver pages, and what is theirs is not ours to plan
  // with.
  budget.budget_bytes =
      std::min(snapshot.free + snapshot.ours(),
               snapshot.total - snapshot.used_by_others - snapshot.reserved_by_driver) -
      reserve;
  if (options.vram_cap_bytes) {
    budget.budget_bytes = std::min(budget.budget_bytes, *options.vram_cap_bytes);
  }
  return budget;
}

}  // namespace headroom
