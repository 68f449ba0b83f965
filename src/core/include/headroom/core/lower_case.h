#pragma once
#include <string>
#include <string_view>

namespace headroom {

// `text` with A to Z as a to z; all other bytes as they are, whatever the locale.
[[nodiscard]] inline std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace headroom
