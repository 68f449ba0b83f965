#include "headroom/memory/allocator_model.h"

#include "peak_recorder.h"

#include <unordered_map>

namespace headroom {

LedgerPeaks replay_cpu_budget(const Ledger& ledger) {
  struct Block {
    std::int64_t bytes;
    MemoryTag tag;
  };
  std::unordered_map<std::uint32_t, Block> alive;
  PeakRecorder recorder;
  for (const Ledger::Entry& entry : ledger.entries) {
    switch (entry.kind) {
      case Ledger::Kind::kStage:
        recorder.enter(entry.stage);
        break;
      case Ledger::Kind::kAllocate: {
        if (entry.tag == MemoryTag::kHost) break;
        const Block block{(entry.bytes + 63) / 64 * 64, entry.tag};
        alive.emplace(entry.id, block);
        recorder.add(block.tag, block.bytes);
        break;
      }
      case Ledger::Kind::kFree: {
        const auto block = alive.find(entry.id);
        if (block == alive.end()) break;  // host memory
        recorder.add(block->second.tag, -block->second.bytes);
        alive.erase(block);
        break;
      }
    }
    recorder.note();
  }
  return recorder.peaks();
}

}  // namespace headroom
