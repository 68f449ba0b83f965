#pragma once
#include "headroom/core/bytes.h"

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

constexpr int kRoundupIntervals = 16;  // from 1 MiB to 64 GiB

// Settings of PyTorch's caching allocator, which all kinds of GPUs use. Defaults are PyTorch's.
struct CachingAllocatorSettings {
  // Blocks of at least this size are neither split nor given to smaller requests.
  std::int64_t max_split_size_bytes = std::numeric_limits<std::int64_t>::max();
  // An unsplittable block may be larger than the request it serves by at most this.
  std::int64_t max_non_split_rounding_bytes = 20 * kMiB;
  // One growing segment per pool instead of one segment per request to the driver.
  bool expandable_segments = false;
  // Size of a segment that requests of 1 to 10 MiB share, and of a page of an expandable segment
  // in the large pool.
  std::int64_t large_segment_bytes = 20 * kMiB;
  // Requests are rounded up to steps: the sizes between two powers of two are divided into this
  // many; 0 or 1 = off. The first entry is for sizes up to 2 MiB, each further one for twice as
  // much.
  std::array<std::int64_t, kRoundupIntervals> roundup_power2_divisions{};
  // Share of the device above which old unused blocks are released; 0 = never. Read, but not
  // modelled: it can only lower what is reserved.
  double garbage_collection_threshold = 0;
  // What the driver can give. When a request would exceed it, unused segments are returned first,
  // as PyTorch does before it reports that memory has run out. Not part of the text form.
  std::int64_t capacity_bytes = std::numeric_limits<std::int64_t>::max();
  // What the allocator may hold by its own settings, whatever the driver would give. It refuses by
  // the size of a whole segment for the request, even where an expandable segment would need to
  // grow by less, or by more. Not part of the text form either.
  std::int64_t limit_bytes = std::numeric_limits<std::int64_t>::max();

  std::vector<std::string> notes;  // sentences on options that the model does not follow
};

// The variables that hold the allocator's settings, in libtorch's order: the first that is set
// counts.
constexpr std::array<const char*, 2> kAllocatorVariables{"PYTORCH_ALLOC_CONF",
                                                         "PYTORCH_CUDA_ALLOC_CONF"};
// Set to anything, they switch the allocator off: every request goes to the driver then.
constexpr std::array<const char*, 2> kUncachedVariables{"PYTORCH_NO_CUDA_MEMORY_CACHING",
                                                        "PYTORCH_NO_HIP_MEMORY_CACHING"};

// Reads the value of one of kAllocatorVariables, for example
// "max_split_size_mb:128,expandable_segments:True". Throws Error(kConfig) that names the option
// for what libtorch would not start with, and for numbers with anything behind them, which it cuts.
[[nodiscard]] CachingAllocatorSettings parse_allocator_conf(std::string_view text);

}  // namespace headroom
