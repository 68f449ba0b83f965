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

// What a tokenizer.json says, in the file's order. Ids are in 0 .. kMaxTokenId; every setting that
// the rest of this room does not implement has been refused.
struct TokenizerFile {
  std::filesystem::path path;
  std::vector<std::pair<std::string, std::int32_t>> vocab;
  std::vector<std::pair<std::string, std::string>> merges;  // best first
  std::vector<AddedToken> added;
};

// A hundred times the real vocabulary; keeps tables by id affordable.
inline constexpr std::int32_t kMaxTokenId = (1 << 24) - 1;

// Throws Error{kModelFile} naming the file and the fault.
[[nodiscard]] TokenizerFile read_tokenizer_file(const std::filesystem::path& path);

}  // namespace headroom
