#pragma once
#include "support/window_driver.h"

#include <csignal>

namespace headroom::test {

// The window draws nothing while this lives: what is done meanwhile arrives at once, as where a
// frame takes long.
class Frozen {
 public:
  explicit Frozen(const WindowDriver& window) : program_(window.pid()) { kill(program_, SIGSTOP); }
  ~Frozen() { kill(program_, SIGCONT); }
  Frozen(const Frozen&) = delete;
  Frozen& operator=(const Frozen&) = delete;

 private:
  pid_t program_;
};

}  // namespace headroom::test
