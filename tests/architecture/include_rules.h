#pragma once
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::test {

// One source file, by its path from the repository's root: "src/engine/generation_queue.cpp".
struct SourceFile {
  std::string path;
  std::string text;
};

// The room that `path` belongs to ("engine"), or nothing for a file that belongs to none.
[[nodiscard]] std::string room_of(std::string_view path);

// One sentence ("path:line: ...") for each breach of the rules of who may include and use what.
// `files` is the whole tree: it tells private headers from third-party ones.
[[nodiscard]] std::vector<std::string> check_include_rules(const std::vector<SourceFile>& files);

// What the rules allow to a room and no file of it needs: "engine -> image". `files` is the whole
// tree.
[[nodiscard]] std::vector<std::string> unused_permissions(const std::vector<SourceFile>& files);

// The names of the rooms the rules know.
[[nodiscard]] std::set<std::string> known_rooms();

// Every C++ file below a folder of `root`.
[[nodiscard]] std::vector<SourceFile> read_sources(const std::filesystem::path& root,
                                                   const std::string& folder = "src");

}  // namespace headroom::test
