#pragma once
#include "support/paths.h"
#include "support/window_driver.h"

#include <string>
#include <utility>
#include <vector>

namespace headroom::test {

// gui_demo's window on a screen of its own, pictures in a folder that goes with it.
[[nodiscard]] inline WindowDriver open_demo(std::vector<std::string> options = {}) {
  options.emplace_back("--output={folder}/pictures");
  return WindowDriver(
      {.program = test::built_program("gui_demo"), .arguments = std::move(options)});
}

}  // namespace headroom::test
