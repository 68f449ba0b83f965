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

// How PyTorch's caching allocator, which all kinds of cards have, is set up. Defaults are those of
// PyTorch.
struct CachingAllocatorSettings {
  // Blocks of at least this size are neither split nor given to smaller requests.
  std::int64_t max_split_size_bytes = std::numeric_limits<std::int64_t>::max();
  // How much larger than a request the unsplittable block that it is given may be.
  std::int64_t max_non_split_rounding_bytes = 20 * kMiB;
  // One growing segment per pool instead of one segment per request to the driver.
  bool expandable_segments = false;
  // Segment that requests of 1 to 10 MiB share, and page of an expandable segment of the large
  // pool.
  std::int64_t large_segment_bytes = 20 * kMiB;
  // Into how many steps the sizes from one power of two to the next are divided, to which requests
  // are rounded up; 0 or 1 = off. The first entry is for sizes up to 2 MiB, each further one for
  // twice as much.
  std::array<std::int64_t, kRoundupIntervals> roundup_power2_divisions{};
  // Share of the device above which old unused blocks are released; 0 = never. Read, but not part
  // of the model: it only ever lowers what is reserved.
  double garbage_collection_threshold = 0;
  // What the driver has to give. When a request would pass it, unused segments are returned first,
  // as PyTorch does before it reports that memory has run out. Not a part of the text form.
  std::int64_t capacity_bytes = std::numeric_limits<std::int64_t>::max();
  // What the allocator may hold by its own settings, whatever the driver would give. It refuses by
  // the size of a whole segment for the request, also where a segment that can grow lacks less of
  // it, or more. Not a part of the text form either.
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
