#pragma once
#include <cstdint>

namespace headroom {

// Main memory as this process may use it: the machine's, or its control group's if that is smaller.
struct SystemMemory {
  std::int64_t total_bytes = 0;
  std::int64_t available_bytes = 0;  // without swapping
};
[[nodiscard]] SystemMemory read_system_memory();

}  // namespace headroom
