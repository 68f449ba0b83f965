#include "headroom/memory/caching_allocator_model.h"

#include "headroom/core/round_up.h"
#include "headroom/memory/allocator_conf.h"

#include "caching_pool.h"
#include "replay_trace.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <optional>

namespace headroom {
namespace {

using namespace caching_allocator;

// Into how many steps the sizes between two powers of two are divided, for a request of this size;
// 0 or 1 = rounding to multiples of kMinBlockSize only.
std::int64_t divisions_for(const CachingAllocatorSettings& settings, std::int64_t bytes) {
  const int power = std::bit_width(static_cast<std::uint64_t>(bytes)) - 1;
  // Interval 0 starts at 1 MiB.
  const int interval = std::clamp(power - 20, 0, kRoundupIntervals - 1);
  return settings.roundup_power2_divisions[static_cast<std::size_t>(interval)];
}

std::int64_t round_request(const CachingAllocatorSettings& settings, std::int64_t bytes) {
  const std::int64_t divisions = divisions_for(settings, bytes);
  if (divisions <= 1 || bytes <= kMinBlockSize * divisions) return round_up(bytes, kMinBlockSize);
  const auto floor = static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(bytes)));
  return bytes == floor ? bytes : round_up(bytes, floor / divisions);
}

class CachingAllocator {
 public:
  explicit CachingAllocator(const CachingAllocatorSettings& settings)
      : settings_(settings), small_(settings, true), large_(settings, false) {}

  struct Held {
    CachingPool* pool;
    CachingPool::BlockRef block;
  };

  Held take(std::int64_t bytes) {
    const std::int64_t request = round_request(settings_, bytes);
    CachingPool& pool = request <= kSmallSize ? small_ : large_;
    if (const auto block = pool.take_cached(request)) return {&pool, *block};
    if (const auto block = take_new(pool, request)) return {&pool, *block};
    if (pool.release_oversize(request)) {
      if (const auto block = take_new(pool, request)) return {&pool, *block};
    }
    small_.release_unused();
    large_.release_unused();
    if (const auto block = take_new(pool, request)) return {&pool, *block};
    fits_ = false;
    return {&pool, pool.take_new(request, std::numeric_limits<std::int64_t>::max()).value()};
  }

  static std::int64_t bytes_of(const Held& held) { return held.block->bytes; }
  static void give_back(const Held& held) { held.pool->give_back(held.block); }

  [[nodiscard]] std::int64_t reserved_bytes() const {
    return small_.reserved_bytes() + large_.reserved_bytes();
  }
  [[nodiscard]] std::int64_t small_bytes() const { return small_.reserved_bytes(); }
  [[nodiscard]] int segments() const { return small_.segments() + large_.segments(); }
  [[nodiscard]] bool fits() const { return fits_; }

 private:
  // Asks the driver, within its capacity and the allocator's own limit.
  std::optional<CachingPool::BlockRef> take_new(CachingPool& pool, std::int64_t request) {
    if (pool.segment_bytes(request) > settings_.limit_bytes - reserved_bytes()) return std::nullopt;
    return pool.take_new(request, settings_.capacity_bytes - reserved_bytes());
  }

  const CachingAllocatorSettings& settings_;
  CachingPool small_, large_;
  bool fits_ = true;
};

}  // namespace

CachingPeaks replay_caching(const AllocationTrace& allocations,
                            const CachingAllocatorSettings& settings) {
  CachingAllocator allocator(settings);
  CachingPeaks peaks;
  peaks.allocated = replay_trace(allocations, allocator, [&](Stage stage) {
    const auto i = static_cast<std::size_t>(stage);
    const auto raise = [](std::int64_t& peak, std::int64_t now) { peak = std::max(peak, now); };
    raise(peaks.stage_reserved[i], allocator.reserved_bytes());
    raise(peaks.stage_small[i], allocator.small_bytes());
    raise(peaks.reserved_peak_bytes, peaks.stage_reserved[i]);
    raise(peaks.small_peak_bytes, peaks.stage_small[i]);
  });
  peaks.segments = allocator.segments();
  peaks.fits = allocator.fits();
  return peaks;
}

}  // namespace headroom
