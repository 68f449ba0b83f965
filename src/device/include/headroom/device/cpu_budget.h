#pragma once
#include "headroom/device/memory_tag.h"

#include <cstdint>

namespace c10 {
class DataPtr;
}

namespace headroom {

// The CPU as a device with an enforced budget: every ATen allocation on the CPU is counted,
// rounded up to 64 bytes, and refused with Error{kOutOfMemory} when it would exceed the limit, so
// that a plan for a small GPU is really carried out, not simulated.
//
// Memory under MemoryTag::kWorkspace is counted separately and never refused: it is scratch
// that a library takes inside an operation, which depends on the processor, the number of threads
// and the library's version, so that no plan could predict it.
//
// Torch only has a global allocator: the first use of any function here installs it for the rest
// of the process. All functions may be called from any thread.
namespace cpu_budget {

// The state of the budget. Amounts are in bytes unless a comment says otherwise.
struct Use {
  std::int64_t weights = 0;         // bytes alive under MemoryTag::kWeights
  std::int64_t activations = 0;     // bytes alive that belong to no network
  std::int64_t workspace = 0;       // bytes alive under MemoryTag::kWorkspace, not part of the sum
  std::int64_t workspace_peak = 0;  // largest workspace since reset_peak()
  std::int64_t peak = 0;            // largest weights + activations since reset_peak()
  std::int64_t allocations = 0;     // number of allocations since the start of the process
  std::int64_t reserved = 0;        // held by reserve(), whether in use or not
  std::int64_t growths = 0;         // allocations since reserve() that exceeded what was held
  std::int64_t over_limit = 0;      // most that one exceeded the limit by; a fault if not 0
  [[nodiscard]] std::int64_t total() const { return weights + activations; }
};

// Replaces torch's CPU allocator, which must happen before other threads allocate. Further calls
// do nothing.
void install();
[[nodiscard]] Use use();
// The largest weights + activations allowed; a value <= 0 means no limit. A limit below what is
// alive only refuses further allocations.
void set_limit(std::int64_t bytes);
[[nodiscard]] std::int64_t limit();
// Holds `bytes` in total, including what is alive, until the next call; 0 holds only what is
// alive. Counts as an allocation that may fail: it then throws Error{kOutOfMemory}, and what was
// held before stays held. A later allocation beyond what is held is allowed up to the limit: it
// increases what is held and counts as a growth, like a cache that has to ask the driver for more.
void reserve(std::int64_t bytes);
// For a block that was allocated as workspace and outlives its operation: from now on it counts
// under this thread's tag. Throws Error{kOutOfMemory} as an allocation would. Does nothing for
// other blocks.
void keep(const c10::DataPtr& block);
// Restarts the peaks from what is alive now.
void reset_peak();
// Test hook: the n-th allocation from now (1 = the next) fails once; 0 switches it off.
void fail_allocation(std::int64_t n);

// How many bytes a request of `bytes` counts as.
[[nodiscard]] constexpr std::int64_t rounded(std::int64_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace cpu_budget
}  // namespace headroom
