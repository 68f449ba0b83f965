#pragma once
#include <filesystem>

#include <yaml-cpp/yaml.h>

namespace headroom {

// The one document of a YAML file; null for an empty one. Throws Error{kConfig}: one sentence with
// file and line, and `example` for comparison.
[[nodiscard]] YAML::Node read_yaml_file(const std::filesystem::path& file, const char* example);

}  // namespace headroom
