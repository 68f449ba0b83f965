#pragma once
#include <cstdint>
#include <filesystem>

namespace headroom {

// Main memory that this process may use: the machine's, or less if a control group of the process
// (containers, services, batch systems) or its own limits (`ulimit -v`) allow less.
struct SystemMemory {
  std::int64_t total_bytes = 0;
  std::int64_t available_bytes = 0;  // without swapping, including caches that the kernel can drop
};

// Reads /proc, with the limits of this process, and the mounted control groups, version 1 and 2,
// below `root`.
[[nodiscard]] SystemMemory read_system_memory(const std::filesystem::path& root = "/");

}  // namespace headroom
