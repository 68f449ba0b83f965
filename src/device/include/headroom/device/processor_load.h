#pragma once
#include <filesystem>
#include <optional>

namespace headroom {

// CPU seconds that other programs have used since the machine started, summed over all cores;
// nothing where the system does not tell. Reads /proc/stat below `root`.
[[nodiscard]] std::optional<double> others_processor_seconds(
    const std::filesystem::path& root = "/");

}  // namespace headroom
