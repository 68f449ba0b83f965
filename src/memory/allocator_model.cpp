#include "headroom/memory/allocator_model.h"

#include <algorithm>
#include <unordered_map>

namespace headroom {

LedgerPeaks replay_cpu_budget(const Ledger& ledger) {
  struct Block {
    std::int64_t bytes;
    MemoryTag tag;
  };
  std::unordered_map<std::uint32_t, Block> alive;
  std::array<std::int64_t, 3> use{};  // by MemoryTag
  LedgerPeaks peaks;
  StagePeak* stage = peaks.stages.data();

  const auto note = [&] {
    stage->seen = true;
    const auto raise = [](std::int64_t& peak, std::int64_t value) { peak = std::max(peak, value); };
    raise(stage->activation_bytes, use[0]);
    raise(stage->weights_bytes, use[1]);
    raise(stage->workspace_bytes, use[2]);
    raise(stage->peak_bytes, use[0] + use[1] + use[2]);
    raise(peaks.peak_bytes, stage->peak_bytes);
  };
  for (const Ledger::Entry& entry : ledger.entries) {
    switch (entry.kind) {
      case Ledger::Kind::kStage:
        stage = &peaks.stages[static_cast<std::size_t>(entry.stage)];
        break;
      case Ledger::Kind::kAllocate: {
        const Block block{(entry.bytes + 63) / 64 * 64, entry.tag};
        alive.emplace(entry.id, block);
        use[static_cast<std::size_t>(block.tag)] += block.bytes;
        break;
      }
      case Ledger::Kind::kFree: {
        const auto block = alive.find(entry.id);
        use[static_cast<std::size_t>(block->second.tag)] -= block->second.bytes;
        alive.erase(block);
        break;
      }
    }
    note();
  }
  return peaks;
}

}  // namespace headroom
