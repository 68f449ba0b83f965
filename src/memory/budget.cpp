#include "headroom/memory/budget.h"

#include "headroom/core/bytes.h"

#include <algorithm>

namespace headroom {

std::int64_t default_reserve(std::int64_t total_bytes, bool overhead_is_known) {
  const std::int64_t usual = overhead_is_known ? 256 * kMiB : 512 * kMiB;
  return std::max(total_bytes * 3 / 100, std::min(usual, total_bytes / 10));
}

Budget compute_budget(const MemorySnapshot& snapshot, const BudgetOptions& options) {
  Budget budget;
  budget.total_bytes = snapshot.total;
  budget.free_bytes = snapshot.free;
  budget.source = snapshot.source;
  budget.is_main_memory = snapshot.is_main_memory;
  budget.reserved_by_driver_bytes = snapshot.reserved_by_driver;
  budget.kept_free_bytes =
      options.reserve_bytes.value_or(default_reserve(snapshot.total, snapshot.overhead_is_known));
  budget.cap_bytes = options.vram_cap_bytes;
  // What this program holds already can be given back, or the run needs it anyway. Other programs
  // may hold more than the device has free, since a driver can page: their memory is never counted
  // as available.
  const std::int64_t available =
      std::min(snapshot.free + snapshot.ours(),
               snapshot.total - snapshot.used_by_others - snapshot.reserved_by_driver);
  budget.others_bytes = snapshot.total - snapshot.reserved_by_driver - available;
  budget.budget_bytes =
      std::min(budget.uncapped_bytes(), budget.cap_bytes.value_or(budget.uncapped_bytes()));
  return budget;
}

Obstacle obstacle_of(std::int64_t need_bytes, const Budget& budget) {
  if (need_bytes <= budget.budget_bytes) return Obstacle::kNone;
  if (budget.cap_bytes && need_bytes > *budget.cap_bytes) return Obstacle::kCap;
  const std::int64_t missing = need_bytes - budget.uncapped_bytes();
  const std::int64_t others = budget.others_bytes;
  const std::int64_t kept = budget.kept_free_bytes;
  // If either alone would make room, the larger one is named as the cause.
  if (missing <= others && (others >= kept || missing > kept)) return Obstacle::kOthers;
  if (missing <= kept) return Obstacle::kReserve;
  return missing <= others + kept ? Obstacle::kOthersAndReserve : Obstacle::kDevice;
}

Message way_out(Obstacle obstacle, const Budget& budget) {
  const Message others =
      say("close other programs, which hold {0}", format_bytes(budget.others_bytes));
  const Message reserve =
      say("lower --vram-reserve ({0} are kept free)", format_bytes(budget.kept_free_bytes));
  switch (obstacle) {
    case Obstacle::kNone:
      return {};
    case Obstacle::kCap:
      return say("raise --vram-cap ({0} now)", format_bytes(budget.cap_bytes.value_or(0)));
    case Obstacle::kOthers:
      return others;
    case Obstacle::kReserve:
      return reserve;
    case Obstacle::kOthersAndReserve:
      return say("{0}, and {1}", others, reserve);
    case Obstacle::kDevice:
      return say("use a smaller model or a device with more memory");
  }
  return {};
}

}  // namespace headroom
