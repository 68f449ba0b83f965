#pragma once
#include <chrono>
#include <csignal>

namespace headroom {

// Makes failed writes return errors instead of ending the program: a closed pipe (SIGPIPE) or a
// file size limit (SIGXFSZ) must not cost a picture.
void ignore_write_signals();

// Blocks SIGINT and SIGTERM while the object lives, so that they can be polled. Create it on the
// main thread, before any other thread starts.
class BlockedSignals {
 public:
  BlockedSignals();
  ~BlockedSignals();
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  // Waits until one of them arrives (true) or the time is up (false).
  [[nodiscard]] bool wait_for(std::chrono::milliseconds time) const;

 private:
  sigset_t signals_{};
  sigset_t previous_{};
};

}  // namespace headroom
