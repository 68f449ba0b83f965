#pragma once
#include <regex>
#include <string>

namespace headroom::test {

// The English in `text` that should not be in a window in another language: three words in a row
// that begin with a lower-case letter, or the code of an option. Empty: none. Names of products,
// keys and files are no such words: they have capitals, digits, dots or slashes.
[[nodiscard]] inline std::string english_in(const std::string& text) {
  static const std::regex sentence(
      R"((^|[^A-Za-z0-9_./\-])[a-z][a-z']+,? [a-z][a-z']*,? [a-z][a-z']+)");
  static const std::regex option(
      "evict-|sequential-guidance|chunk-tokens|tile-decode|stream-blocks|stream-encoder|cpu-"
      "decode|packed-weights");
  static const std::regex command("git lfs pull");  // a command, so it is not translated
  const std::string checked = std::regex_replace(text, command, "");
  std::smatch found;
  if (std::regex_search(checked, found, sentence) || std::regex_search(checked, found, option))
    return found.str();
  return {};
}

}  // namespace headroom::test
