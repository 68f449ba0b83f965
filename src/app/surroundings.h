#pragma once
#include <cstdlib>

#include <unistd.h>

namespace headroom {

// Where the program was started: what it can open and whom it can tell.
[[nodiscard]] inline bool has_display() {
  return std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr;
}
[[nodiscard]] inline bool has_terminal() {
  return isatty(STDIN_FILENO) == 1 || isatty(STDOUT_FILENO) == 1 || isatty(STDERR_FILENO) == 1;
}

}  // namespace headroom
