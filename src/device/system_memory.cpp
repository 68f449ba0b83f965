#include "system_memory.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headroom {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

// The names that the two versions of control groups have for the same things
// (Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst of Linux).
struct Version {
  std::string_view file_system;
  std::string_view usual_place;
  std::array<const char*, 2> limits;  // files that hold a number or "max"
  const char* used;
  // Keys of memory.stat for memory that `used` includes but the kernel gives back on demand.
  // Cached files are on two lists, by how recently they were used; both are reclaimable, as in the
  // machine's MemAvailable. Files in tmpfs are on neither. Changed pages must be written to the
  // disk first.
  std::array<std::string_view, 2> files;
  std::array<std::string_view, 2> changed_files;
  std::string_view slab;
};
constexpr Version kVersion2{"cgroup2",
                            "/sys/fs/cgroup",
                            {"memory.max", "memory.high"},
                            "memory.current",
                            {"active_file", "inactive_file"},
                            {"file_dirty", "file_writeback"},
                            "slab_reclaimable"};
constexpr Version kVersion1{"cgroup",
                            "/sys/fs/cgroup/memory",
                            {"memory.limit_in_bytes", nullptr},
                            "memory.usage_in_bytes",
                            {"total_active_file", "total_inactive_file"},
                            {"total_dirty", "total_writeback"},
                            {}};
// Version 1 also gives the smallest limit of the ancestors, including those that a container
// cannot see.
constexpr std::string_view kInheritedLimit = "hierarchical_memory_limit";

// The number in a file; nothing for "max", for no number, and without the file.
std::optional<std::int64_t> read_number(const fs::path& file) {
  std::int64_t value = 0;
  std::ifstream in(file);
  if (in >> value && value >= 0) return value;
  return std::nullopt;
}

struct Group {
  std::int64_t limit = kNoLimit;
  std::int64_t used = 0;  // without what can be reclaimed
};

Group read_group(const fs::path& folder, const Version& version) {
  Group group;
  for (const char* const name : version.limits) {
    if (name != nullptr)
      group.limit = std::min(group.limit, read_number(folder / name).value_or(kNoLimit));
  }
  std::int64_t files = 0;
  std::int64_t slab = 0;
  const auto is_one_of = [](std::string_view key, const auto& names) {
    return std::find(names.begin(), names.end(), key) != names.end();
  };
  std::ifstream stat(folder / "memory.stat");
  std::string key;
  std::int64_t value = 0;
  while (stat >> key >> value) {
    if (is_one_of(key, version.files)) files += value;
    if (is_one_of(key, version.changed_files)) files -= value;
    if (key == version.slab) slab += value;
    if (key == kInheritedLimit) group.limit = std::min(group.limit, value);
  }
  const std::int64_t used = read_number(folder / version.used).value_or(0);
  group.used = std::max<std::int64_t>(0, used - std::max<std::int64_t>(0, files) - slab);
  return group;
}

// The process's group as /proc/self/cgroup names it: "0::/PATH" or "N:memory,...:/PATH".
std::optional<fs::path> own_group(const fs::path& root, const Version& version) {
  std::ifstream in(root / "proc/self/cgroup");
  std::string line;
  while (std::getline(in, line)) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool is_it = &version == &kVersion2 ? line.starts_with("0:") && controllers == ",,"
                                              : controllers.find(",memory,") != std::string::npos;
    if (is_it) return line.substr(second + 1);
  }
  return std::nullopt;
}

// The kernel writes blanks in paths as \040.
std::string unescape(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view code = text.substr(i, 4);
    const auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
    if (code.size() == 4 && code[0] == '\\' &&
        std::all_of(code.begin() + 1, code.end(), is_octal)) {
      result += static_cast<char>((code[1] - '0') * 64 + (code[2] - '0') * 8 + (code[3] - '0'));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

struct Mount {
  fs::path group;   // the group at the mount's root
  fs::path folder;  // where it is mounted
};

// Reads /proc/self/mountinfo, whose lines are "ID PARENT MAJOR:MINOR GROUP FOLDER OPTIONS ... -
// TYPE SOURCE SUPER_OPTIONS". The usual place is added last: a container may have the files
// without a mount.
std::vector<Mount> find_mounts(const fs::path& root, const Version& version) {
  std::vector<Mount> mounts;
  std::ifstream in(root / "proc/self/mountinfo");
  std::string line;
  while (std::getline(in, line)) {
    const std::size_t separator = line.find(" - ");
    if (separator == std::string::npos) continue;
    std::istringstream left(line.substr(0, separator));
    std::istringstream right(line.substr(separator + 3));
    std::string skipped;
    std::string group;
    std::string folder;
    std::string type;
    std::string options;
    left >> skipped >> skipped >> skipped >> group >> folder;
    right >> type >> skipped >> options;
    const bool has_memory =
        &version == &kVersion2 || ("," + options + ",").find(",memory,") != std::string::npos;
    if (type == version.file_system && has_memory) {
      mounts.push_back({unescape(group), unescape(folder)});
    }
  }
  mounts.push_back({"/", version.usual_place});
  return mounts;
}

// The path of `own` below a mount of `mounted`. A container without a cgroup namespace of its own
// sees its group's whole path here, but the mount begins at that group. Groups outside the mount
// ("/..") cannot be read.
fs::path below_mount(const fs::path& own, const fs::path& mounted) {
  const fs::path rest = own.lexically_relative(mounted).lexically_normal();
  const bool inside = !rest.empty() && *rest.begin() != "..";
  return inside ? rest : fs::path(".");
}

// Lowers `memory` to the limits of all groups from the process's own up to the mounted one.
void apply_groups(const fs::path& root, const Version& version, SystemMemory& memory) {
  const fs::path own = own_group(root, version).value_or("/");
  for (const Mount& mount : find_mounts(root, version)) {
    const fs::path top = root / mount.folder.relative_path();
    fs::path folder = top;
    const auto apply = [&] {
      const Group group = read_group(folder, version);
      const std::int64_t left = std::max<std::int64_t>(0, group.limit - group.used);
      memory.total_bytes = std::min(memory.total_bytes, group.limit);
      memory.available_bytes = std::min(memory.available_bytes, left);
    };
    apply();
    for (const fs::path& part : below_mount(own, mount.group)) {
      if (part == "." || part.empty()) continue;
      folder /= part;
      apply();
    }
  }
}

// The limits of the process itself (setrlimit(2); `ulimit -v`, LimitAS= and LimitDATA= of
// services), and the keys of /proc/self/status that say how much of each it has taken. Address
// space counts all that is mapped, memory or not: what is left of it is the most that can still be
// had.
struct ProcessLimit {
  std::string_view name;
  std::string_view used;
};
constexpr std::array kProcessLimits{ProcessLimit{"Max address space", "VmSize:"},
                                    ProcessLimit{"Max data size", "VmData:"}};

// The value of a line "KEY  123 kB", in bytes.
std::int64_t read_status(const fs::path& root, std::string_view key) {
  std::ifstream status(root / "proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (!line.starts_with(key)) continue;
    std::int64_t kib = 0;
    std::istringstream(line.substr(key.size())) >> kib;
    return kib * 1024;
  }
  return 0;
}

void apply_process_limits(const fs::path& root, SystemMemory& memory) {
  std::ifstream limits(root / "proc/self/limits");
  std::string line;
  while (std::getline(limits, line)) {
    for (const ProcessLimit& each : kProcessLimits) {
      std::int64_t limit = 0;  // "unlimited" is no number
      if (!line.starts_with(each.name) ||
          !(std::istringstream(line.substr(each.name.size())) >> limit)) {
        continue;
      }
      const std::int64_t left = std::max<std::int64_t>(0, limit - read_status(root, each.used));
      memory.total_bytes = std::min(memory.total_bytes, limit);
      memory.available_bytes = std::min(memory.available_bytes, left);
    }
  }
}

}  // namespace

SystemMemory read_system_memory(const fs::path& root) {
  SystemMemory memory;
  std::ifstream meminfo(root / "proc/meminfo");
  std::string key;
  std::int64_t kib = 0;
  std::string unit;
  while (meminfo >> key >> kib) {
    std::getline(meminfo, unit);
    if (key == "MemTotal:") memory.total_bytes = kib * 1024;
    if (key == "MemAvailable:") memory.available_bytes = kib * 1024;
  }
  apply_groups(root, kVersion2, memory);
  apply_groups(root, kVersion1, memory);
  apply_process_limits(root, memory);
  return memory;
}

}  // namespace headroom
