#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace headroom {

// A token that is recognised in the raw text, before anything else.
struct AddedToken {
  std::string content;
  std::int32_t id = -1;
};

// The content of a tokenizer.json, in the file's order. Ids are in 0 .. kMaxTokenId; files with a
// setting that this room does not implement were refused.
struct TokenizerFile {
  std::filesystem::path path;
  std::vector<std::pair<std::string, std::int32_t>> vocab;
  std::vector<std::pair<std::string, std::string>> merges;  // best first
  std::vector<AddedToken> added;
};

// A hundred times the real vocabulary; limits the size of tables indexed by id.
inline constexpr std::int32_t kMaxTokenId = (1 << 24) - 1;

// Throws Error{kModelFile} naming the file and the fault.
[[nodiscard]] TokenizerFile read_tokenizer_file(const std::filesystem::path& path);

}  // namespace headroom
