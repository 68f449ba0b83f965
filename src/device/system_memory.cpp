#include "system_memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace headroom {
namespace {

std::int64_t read_number(const char* file) {
  std::int64_t value = 0;
  std::ifstream in(file);
  return in >> value ? value : std::numeric_limits<std::int64_t>::max();  // "max" or absent
}

}  // namespace

SystemMemory read_system_memory() {
  SystemMemory memory;
  std::ifstream meminfo("/proc/meminfo");
  std::string key;
  std::int64_t kib = 0;
  std::string unit;
  while (meminfo >> key >> kib) {
    std::getline(meminfo, unit);
    if (key == "MemTotal:") memory.total_bytes = kib * 1024;
    if (key == "MemAvailable:") memory.available_bytes = kib * 1024;
  }
  // Control groups, version 2 then 1, as mounted inside a container.
  const std::int64_t limit = std::min(read_number("/sys/fs/cgroup/memory.max"),
                                      read_number("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
  if (limit < memory.total_bytes) {
    const std::int64_t used = std::min(read_number("/sys/fs/cgroup/memory.current"),
                                       read_number("/sys/fs/cgroup/memory/memory.usage_in_bytes"));
    memory.total_bytes = limit;
    memory.available_bytes =
        std::min(memory.available_bytes, std::max<std::int64_t>(0, limit - used));
  }
  return memory;
}

}  // namespace headroom
