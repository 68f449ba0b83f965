#pragma once
#include <cstdint>
#include <filesystem>

namespace headroom {

// Main memory as this process may use it: the machine's, or less where a control group that the
// process is in limits it (containers, services, batch systems).
struct SystemMemory {
  std::int64_t total_bytes = 0;
  std::int64_t available_bytes = 0;  // without swapping; cache that the kernel can drop counts
};

// Reads /proc and the mounted control groups, version 1 and 2, below `root`.
[[nodiscard]] SystemMemory read_system_memory(const std::filesystem::path& root = "/");

}  // namespace headroom
