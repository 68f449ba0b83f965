#pragma once
#include <chrono>
#include <csignal>

namespace headroom {

// Failed writes come back as errors instead of ending the program: a closed pipe (SIGPIPE) or the
// file size limit (SIGXFSZ) must not cost a picture.
void ignore_write_signals();

// SIGINT and SIGTERM are asked for instead of interrupting, while the object lives. Create it
// before any thread, on the main thread.
class BlockedSignals {
 public:
  BlockedSignals();
  ~BlockedSignals();
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  // Waits until one of them comes (true) or the time is up (false).
  [[nodiscard]] bool wait_for(std::chrono::milliseconds time) const;

 private:
  sigset_t signals_{};
  sigset_t previous_{};
};

}  // namespace headroom
