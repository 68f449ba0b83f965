#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// Repositories in the cache that Hugging Face's tools fill: models--OWNER--NAME with refs/ (name of
// a version -> hash) and snapshots/HASH, whose files are links.

// The folder of the version that refs/main names, else of the newest one; nothing where
// `repository` is no such folder.
[[nodiscard]] std::optional<std::filesystem::path> snapshot_of(
    const std::filesystem::path& repository);

// "org/name" and nothing else.
[[nodiscard]] bool is_repository_name(const std::string& text);
// Where `cache` holds the repository `name`.
[[nodiscard]] std::filesystem::path repository_folder(const std::filesystem::path& cache,
                                                      const std::string& name);

struct Repository {
  std::string name;  // "org/name"
  std::filesystem::path snapshot;
};
// All that have a snapshot, in the order of names.
[[nodiscard]] std::vector<Repository> repositories(const std::filesystem::path& cache);

// Snapshots of those called after Z-Image.
[[nodiscard]] std::vector<std::filesystem::path> z_image_snapshots(
    const std::filesystem::path& cache);

}  // namespace headroom
