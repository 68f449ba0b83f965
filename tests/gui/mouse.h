#pragma once
#include "support/window_driver.h"

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

namespace headroom::test {

// What the driver has no word for, by xdotool's own.
inline void xdotool(const WindowDriver& window, const std::string& what) {
  const std::string command = "DISPLAY=" + window.screen() + " xdotool " + what;
  if (std::system(command.c_str()) != 0) throw std::runtime_error("xdotool " + what);
  std::this_thread::sleep_for(std::chrono::milliseconds(80));
}

// Presses the left button at (x, y) of the screen, moves so far and lets go.
inline void press_at(const WindowDriver& window, double x, double y, int across = 0, int down = 0) {
  const auto at = [](double value) { return std::to_string(static_cast<int>(value)); };
  xdotool(window, "mousemove " + at(x) + " " + at(y));
  xdotool(window, "mousedown 1");
  for (int i = 0; i < 4 && (across != 0 || down != 0); ++i)
    xdotool(window, "mousemove_relative -- " + at(across / 4.0) + " " + at(down / 4.0));
  xdotool(window, "mouseup 1");
}

}  // namespace headroom::test
