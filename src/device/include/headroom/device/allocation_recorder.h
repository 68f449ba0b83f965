#pragma once
#include "headroom/core/allocation_trace.h"

namespace headroom {

// While the object lives, every allocation and release of a meta tensor on this thread is written
// to `allocations`. Other threads are not affected. At most one per thread at a time.
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
  // Says that the next allocation on this thread, whatever its size, stands for this scratch block
  // of an operation. It is recorded with `bytes`, which may be 0. Does nothing without a
  // recording.
  static void announce(const AllocationTrace::Operation& operation, std::int64_t bytes);
  // Whether this thread is recording. The little real memory that a dry run takes is then not
  // counted as part of a run that may be going on at the same time.
  [[nodiscard]] static bool on_this_thread();
};

}  // namespace headroom
