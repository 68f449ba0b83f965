#pragma once
#include "headroom/core/bytes.h"
#include "headroom/memory/allocator_conf.h"
#include "headroom/memory/caching_allocator_model.h"

#include <cstdint>

namespace headroom::test {

// An allocation trace written by hand.
class Script {
 public:
  Script& stage(Stage stage) {
    allocations.entries.push_back({.kind = AllocationTrace::Kind::kStage, .stage = stage});
    return *this;
  }
  Script& take(std::uint32_t id, std::int64_t bytes, MemoryTag tag = MemoryTag::kActivations) {
    allocations.entries.push_back(
        {.kind = AllocationTrace::Kind::kAllocate, .tag = tag, .id = id, .bytes = bytes});
    return *this;
  }
  Script& free(std::uint32_t id) {
    allocations.entries.push_back({.kind = AllocationTrace::Kind::kFree, .id = id});
    return *this;
  }
  [[nodiscard]] CachingPeaks replay(const CachingAllocatorSettings& settings = {}) const {
    return replay_caching(allocations, settings);
  }
  // In MiB, for the many cases that are made of whole ones.
  [[nodiscard]] double reserved(const CachingAllocatorSettings& settings = {}) const {
    return static_cast<double>(replay(settings).reserved_peak_bytes) / kMiB;
  }
  AllocationTrace allocations;
};

[[nodiscard]] inline CachingAllocatorSettings expandable() {
  CachingAllocatorSettings settings;
  settings.expandable_segments = true;
  return settings;
}

[[nodiscard]] inline CachingAllocatorSettings max_split_mb(std::int64_t mb) {
  CachingAllocatorSettings settings;
  settings.max_split_size_bytes = mb * kMiB;
  return settings;
}

}  // namespace headroom::test
