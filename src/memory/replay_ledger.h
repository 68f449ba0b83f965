#pragma once
#include "headroom/core/ledger.h"

#include "peak_recorder.h"

#include <cstdint>
#include <unordered_map>

namespace headroom {

// Asks `allocator` for everything that a ledger asks for, and gives it back: take(bytes) returns
// what is held, bytes_of(held) what it occupies, give_back(held) ends it. Host memory and tensors
// without elements have no block. `after_each(stage)` is called after every entry.
template <typename Allocator, typename AfterEach>
LedgerPeaks replay_ledger(const Ledger& ledger, Allocator& allocator, const AfterEach& after_each) {
  struct Block {
    typename Allocator::Held held;
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
        if (entry.tag == MemoryTag::kHost || entry.bytes <= 0) break;
        const Block block{allocator.take(entry.bytes), entry.tag};
        alive.emplace(entry.id, block);
        recorder.add(block.tag, allocator.bytes_of(block.held));
        break;
      }
      case Ledger::Kind::kFree: {
        const auto block = alive.find(entry.id);
        if (block == alive.end()) break;  // it had no block
        recorder.add(block->second.tag, -allocator.bytes_of(block->second.held));
        allocator.give_back(block->second.held);
        alive.erase(block);
        break;
      }
    }
    recorder.note();
    after_each(recorder.stage());
  }
  return recorder.peaks();
}

}  // namespace headroom
