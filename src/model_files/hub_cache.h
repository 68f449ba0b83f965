#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// Repositories in the cache that Hugging Face's tools fill: models--OWNER--NAME with refs/ (files
// with a version's name that contain a hash) and snapshots/HASH, whose files are links.

// The snapshot that refs/main names, else the newest one; nothing if `repository` is no such
// folder.
[[nodiscard]] std::optional<std::filesystem::path> snapshot_of(
    const std::filesystem::path& repository);

// Whether the text is "org/name" and nothing else.
[[nodiscard]] bool is_repository_name(const std::string& text);
// The folder of the repository `name` in `cache`.
[[nodiscard]] std::filesystem::path repository_folder(const std::filesystem::path& cache,
                                                      const std::string& name);

struct Repository {
  std::string name;  // "org/name"
  std::filesystem::path snapshot;
};
// All repositories that have a snapshot, sorted by name.
[[nodiscard]] std::vector<Repository> repositories(const std::filesystem::path& cache);

// Snapshots of repositories whose names contain Z-Image.
[[nodiscard]] std::vector<std::filesystem::path> z_image_snapshots(
    const std::filesystem::path& cache);

}  // namespace headroom
