#pragma once
#include "support/window_driver.h"

#include <chrono>
#include <string>
#include <thread>

namespace headroom::test {

// Waits until the window draws a text that contains `part`.
[[nodiscard]] inline bool wait_for_text(const WindowDriver& window, const std::string& part,
                                        double seconds = 5) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < deadline) {
    const nlohmann::json dump = window.read();
    for (const nlohmann::json& text : dump["texts"]) {
      if (text.get<std::string>().find(part) != std::string::npos) return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

}  // namespace headroom::test
