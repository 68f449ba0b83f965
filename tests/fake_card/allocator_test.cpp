// Random allocation traces through libtorch's own caching allocator and through the model of it.
// What the allocator is set to, and how large the card is, comes from the environment:
// CMakeLists.txt has the modes.
#include "headroom/memory/allocator_conf.h"
#include "headroom/memory/caching_allocator_model.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <map>
#include <random>
#include <string>

#include <ATen/Context.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

constexpr int kTraces = 1000;
constexpr int kEntries = 400;

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Four kinds of sizes: small ones, those at the allocator's boundaries and of real layers, mostly
// large ones, and all orders of magnitude.
class Sizes {
 public:
  Sizes(int kind, std::mt19937_64& random) : kind_(kind), random_(random) {}

  std::int64_t next() {
    constexpr std::int64_t kSpecial[] = {512,      1024,      7680,          30720,     kMiB,
                                         kMiB + 1, 10 * kMiB, 10 * kMiB - 1, 20 * kMiB, 29491200,
                                         78643200, 3932160,   31719424,      85000000};
    switch (kind_) {
      case 0:
        return between(1, 4 * kMiB);
      case 1:
        return kSpecial[between(0, std::ssize(kSpecial) - 1)];
      case 2:
        return between(0, 3) != 0 ? between(1, 100 * kMiB) : between(1, 2 * kMiB);
      default:
        return static_cast<std::int64_t>(
            std::exp(std::uniform_real_distribution<double>(5, 19)(random_)));
    }
  }

 private:
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random_);
  }
  int kind_;
  std::mt19937_64& random_;
};

// At most `limit` bytes are alive at a time, or a little more.
AllocationTrace random_trace(int seed, std::int64_t limit) {
  std::mt19937_64 random(static_cast<std::uint64_t>(seed) * 7919 + 13);
  Sizes sizes(seed % 4, random);
  AllocationTrace allocations;
  std::map<std::uint32_t, std::int64_t> live;
  std::int64_t alive = 0;
  for (std::uint32_t i = 0; i < kEntries; ++i) {
    if (!live.empty() && (random() % 100 < 47 || alive > limit)) {
      const auto freed = std::next(live.begin(), static_cast<long>(random() % live.size()));
      allocations.entries.push_back({.kind = AllocationTrace::Kind::kFree, .id = freed->first});
      alive -= freed->second;
      live.erase(freed);
    } else {
      const std::int64_t bytes = sizes.next();
      allocations.entries.push_back(
          {.kind = AllocationTrace::Kind::kAllocate, .id = i, .bytes = bytes});
      live[i] = bytes;
      alive += bytes;
    }
  }
  return allocations;
}

struct Outcome {
  std::int64_t reserved_peak = 0;
  std::int64_t allocated_peak = 0;
  bool fits = true;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& o) {
  return out << "reserved " << o.reserved_peak << ", allocated " << o.allocated_peak
             << (o.fits ? "" : ", out of memory");
}

class LibtorchAllocator {
 public:
  LibtorchAllocator() : allocator_(*c10::getDeviceAllocator(c10::DeviceType::CUDA)) {}

  // Up to the request that finds no memory.
  Outcome replay(const AllocationTrace& allocations) {
    allocator_.emptyCache();
    EXPECT_EQ(stats().reserved_bytes[0].current, 0);
    std::map<std::uint32_t, c10::DataPtr> held;
    Outcome outcome;
    try {
      for (const AllocationTrace::Entry& entry : allocations.entries) {
        if (entry.kind == AllocationTrace::Kind::kAllocate) {
          held[entry.id] = allocator_.allocate(static_cast<std::size_t>(entry.bytes));
        } else {
          held.erase(entry.id);
        }
        const auto now = stats();
        outcome.reserved_peak = std::max(outcome.reserved_peak, now.reserved_bytes[0].current);
        outcome.allocated_peak = std::max(outcome.allocated_peak, now.allocated_bytes[0].current);
      }
    } catch (const c10::OutOfMemoryError&) {
      outcome.fits = false;
    }
    return outcome;
  }

 private:
  c10::CachingDeviceAllocator::DeviceStats stats() { return allocator_.getDeviceStats(0); }
  c10::DeviceAllocator& allocator_;
};

Outcome replay_model(const AllocationTrace& allocations, const CachingAllocatorSettings& settings) {
  const CachingPeaks peaks = replay_caching(allocations, settings);
  return {peaks.reserved_peak_bytes, peaks.allocated.peak_bytes, peaks.fits};
}

TEST(CudaAllocator, NeedsForRandomTracesWhatTheModelSays) {
  ASSERT_TRUE(at::globalContext().hasCUDA()) << "run by ctest, which loads the CUDA libraries";
  at::globalContext().lazyInitDevice(at::kCUDA);
  CachingAllocatorSettings settings = parse_allocator_conf(variable("PYTORCH_CUDA_ALLOC_CONF"));
  settings.capacity_bytes = std::stoll(variable("FAKE_TOTAL"));
  // A budget: what the allocator may hold of a larger card, as per_process_memory_fraction has it.
  if (const std::string part = variable("HEADROOM_TEST_LIMIT"); !part.empty()) {
    settings.limit_bytes = settings.capacity_bytes / std::stoll(part);
  }
  const std::int64_t alive = std::min<std::int64_t>(
      4 * kGiB, std::min(settings.capacity_bytes, settings.limit_bytes) * 3 / 4);
  LibtorchAllocator real;
  int differ = 0;
  int refused = 0;
  for (int seed = 0; seed < kTraces; ++seed) {
    const AllocationTrace allocations = random_trace(seed, alive);
    const Outcome wanted = real.replay(allocations);
    const Outcome predicted = replay_model(allocations, settings);
    if (!wanted.fits) ++refused;
    // Behind the request that was refused there is nothing to compare.
    const bool same = wanted.fits ? wanted == predicted : !predicted.fits;
    if (same) continue;
    if (++differ <= 5) {
      ADD_FAILURE() << "ledger " << seed << ": libtorch " << wanted << "; model " << predicted;
    }
  }
  EXPECT_EQ(differ, 0) << "of " << kTraces << ", " << refused << " refused";
  RecordProperty("refused", refused);
}

}  // namespace
}  // namespace headroom
