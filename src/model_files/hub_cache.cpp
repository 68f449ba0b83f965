#include "hub_cache.h"

#include "headroom/core/lower_case.h"
#include "headroom/weights/on_disk.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <string_view>
#include <system_error>

namespace headroom {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kRepository = "models--";

// The hash that a ref file contains; empty unless it is one word that stays within the folder.
std::string hash_in(const fs::path& ref) {
  std::string hash;
  std::ifstream(ref) >> hash;
  return hash.find('/') == std::string::npos && hash != "." && hash != ".." ? hash : std::string();
}

}  // namespace

std::optional<fs::path> snapshot_of(const fs::path& repository) {
  const fs::path snapshots = repository / "snapshots";
  if (!repository.filename().string().starts_with(kRepository) || !is_folder(snapshots)) {
    return std::nullopt;
  }
  if (const std::string hash = hash_in(repository / "refs" / "main"); !hash.empty()) {
    if (is_folder(snapshots / hash)) return snapshots / hash;
  }
  std::optional<fs::path> newest;
  fs::file_time_type time;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(snapshots, error)) {
    std::error_code unreadable;
    if (!entry.is_directory(unreadable)) continue;
    const auto written = entry.last_write_time(unreadable);
    if (newest && (written < time || (written == time && entry.path() < *newest))) continue;
    newest = entry.path();
    time = written;
  }
  return newest;
}

bool is_repository_name(const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto is_word = [](std::string_view word) {
    return !word.empty() && word.front() != '.' &&
           std::all_of(word.begin(), word.end(), [](char c) {
             return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '.' || c == '-' || c == '_';
           });
  };
  const std::string_view view = text;
  return slash != std::string::npos && is_word(view.substr(0, slash)) &&
         is_word(view.substr(slash + 1));
}

fs::path repository_folder(const fs::path& cache, const std::string& name) {
  std::string folder(kRepository);
  for (const char c : name) folder += c == '/' ? "--" : std::string(1, c);
  return cache / folder;
}

std::vector<Repository> repositories(const fs::path& cache) {
  std::set<fs::path> folders;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(cache, error)) folders.insert(entry.path());
  std::vector<Repository> found;
  for (const fs::path& folder : folders) {
    auto snapshot = snapshot_of(folder);
    if (!snapshot) continue;
    std::string name = folder.filename().string().substr(kRepository.size());
    if (const std::size_t owner = name.find("--"); owner != std::string::npos)
      name.replace(owner, 2, "/");
    found.push_back({std::move(name), *std::move(snapshot)});
  }
  return found;
}

std::vector<fs::path> z_image_snapshots(const fs::path& cache) {
  std::vector<fs::path> snapshots;
  for (const Repository& repository : repositories(cache)) {
    const std::string name = lower_ascii(repository.name);
    if (name.find("z-image") != std::string::npos || name.find("z_image") != std::string::npos)
      snapshots.push_back(repository.snapshot);
  }
  return snapshots;
}

}  // namespace headroom
