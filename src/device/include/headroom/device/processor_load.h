#pragma once
#include <filesystem>
#include <optional>

namespace headroom {

// Processor time that other programs have taken since the machine was started, in seconds, of all
// cores together; nothing where the system does not tell. Reads /proc/stat below `root`.
[[nodiscard]] std::optional<double> others_processor_seconds(
    const std::filesystem::path& root = "/");

}  // namespace headroom
