#include "headroom/memory/allocator_model.h"

#include "replay_ledger.h"

namespace headroom {
namespace {

struct RoundingAllocator {
  using Held = std::int64_t;  // bytes
  static Held take(std::int64_t bytes) { return (bytes + 63) / 64 * 64; }
  static std::int64_t bytes_of(Held held) { return held; }
  static void give_back(Held) {}
};

}  // namespace

LedgerPeaks replay_cpu_budget(const Ledger& ledger) {
  RoundingAllocator allocator;
  return replay_ledger(ledger, allocator, [](Stage) {});
}

}  // namespace headroom
