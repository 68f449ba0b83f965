#pragma once
#include <cstdlib>

#include <unistd.h>

namespace headroom {

// How the program was started: whether it can open a window, and whether it has a terminal.
[[nodiscard]] inline bool has_display() {
  return std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr;
}
[[nodiscard]] inline bool has_terminal() {
  return isatty(STDIN_FILENO) == 1 || isatty(STDOUT_FILENO) == 1 || isatty(STDERR_FILENO) == 1;
}

}  // namespace headroom
