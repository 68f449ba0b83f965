#pragma once
#include "headroom/core/error.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace headroom {

// `text` in single quotes, fit for one line of a message: control characters as \xNN, and cut off
// when longer than a person wants to read. Names in a damaged file can be anything.
[[nodiscard]] inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 100;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::size_t end = text.size();
  if (end > kLongest) {
    end = kLongest;
    // Not in the middle of a UTF-8 character.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  }
  std::string result = "'";
  for (const char c : text.substr(0, end)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      result += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    } else {
      result += c;
    }
  }
  return result + (end < text.size() ? "…'" : "'");
}

[[noreturn]] inline void fail_model_file(const std::filesystem::path& file,
                                         const std::string& sentence) {
  throw Error(ErrorKind::kModelFile, file.string() + ": " + sentence);
}

}  // namespace headroom
