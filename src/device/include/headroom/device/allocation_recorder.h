#pragma once
#include "headroom/core/allocation_trace.h"

namespace headroom {

// While the object lives, every allocation and release of a meta tensor on this thread is written
// into `allocations`. Other threads are not affected. One per thread at a time.
//
// A block that is released after the recording ended, or on another thread, is not in the
// allocation trace.
class AllocationRecorder {
 public:
  explicit AllocationRecorder(AllocationTrace& allocations);
  ~AllocationRecorder();
  AllocationRecorder(const AllocationRecorder&) = delete;
  AllocationRecorder& operator=(const AllocationRecorder&) = delete;

  void mark(Stage stage);
  // The next allocation on this thread, of however many bytes, stands for this block of an
  // operation's: it is written down with `bytes`, which may be 0. Nothing where no recording lives.
  static void announce(const AllocationTrace::Operation& operation, std::int64_t bytes);
  // Whether one lives on this thread. What a replay takes of the real memory, a number here and
  // there, is no part of the run that may be going on beside it, and is not counted.
  [[nodiscard]] static bool on_this_thread();
};

}  // namespace headroom
