#pragma once
#include <filesystem>
#include <system_error>

namespace headroom {

// Questions about files; anything that cannot be looked at counts as absent.
[[nodiscard]] inline bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}
[[nodiscard]] inline bool is_folder(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

}  // namespace headroom
