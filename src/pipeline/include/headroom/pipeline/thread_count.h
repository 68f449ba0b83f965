#pragma once
#include <algorithm>
#include <thread>

namespace headroom {

// 0 = one thread per core of this machine.
[[nodiscard]] inline int resolve_threads(int wanted) {
  return wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace headroom
