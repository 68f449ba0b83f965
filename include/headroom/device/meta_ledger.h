#pragma once
#include "headroom/core/ledger.h"

namespace headroom {

// While the object lives, every allocation and release of a meta tensor on this thread is written
// into `ledger`. Other threads are not affected. One per thread at a time.
//
// A block that is released after the recording ended, or on another thread, is not in the ledger.
class MetaLedgerRecording {
 public:
  explicit MetaLedgerRecording(Ledger& ledger);
  ~MetaLedgerRecording();
  MetaLedgerRecording(const MetaLedgerRecording&) = delete;
  MetaLedgerRecording& operator=(const MetaLedgerRecording&) = delete;

  void mark(Stage stage);
  // Whether one exists on this thread.
  [[nodiscard]] static bool is_active();
};

}  // namespace headroom
