#pragma once
#include <filesystem>

#include <yaml-cpp/yaml.h>

namespace headroom {

// The only document of a YAML file; a null node for an empty file. Throws Error{kConfig}: one
// sentence with file and line that names `example` for comparison.
[[nodiscard]] YAML::Node read_yaml_file(const std::filesystem::path& file, const char* example);

}  // namespace headroom
