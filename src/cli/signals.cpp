#include "headroom/cli/signals.h"

namespace headroom {

void ignore_write_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

BlockedSignals::BlockedSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, &previous_);
}

BlockedSignals::~BlockedSignals() {
  while (wait_for(std::chrono::milliseconds(0))) {
    // Drain the signals: when they are unblocked, a second Ctrl+C would otherwise end the program
    // here, although everything is done.
  }
  pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
}

bool BlockedSignals::wait_for(std::chrono::milliseconds time) const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  const timespec limit{seconds.count(), std::chrono::nanoseconds(time - seconds).count()};
  return sigtimedwait(&signals_, nullptr, &limit) > 0;
}

}  // namespace headroom
