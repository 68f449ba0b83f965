#include "architecture/source_text.h"

#include <algorithm>
#include <cctype>

namespace headroom::test {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Past the end of the literal that starts at `at` with `quote`.
std::size_t skip_quoted(std::string_view source, std::size_t at, char quote) {
  std::size_t i = at + 1;
  while (i < source.size() && source[i] != quote && source[i] != '\n') {
    i += source[i] == '\\' ? 2 : 1;
  }
  return std::min(i + 1, source.size());
}

// Past the end of the raw string whose opening quote is at `at`.
std::size_t skip_raw_string(std::string_view source, std::size_t at) {
  const std::size_t open = source.find('(', at);
  if (open == std::string_view::npos) return source.size();
  const std::string close =
      ")" + std::string(source.substr(at + 1, open - at - 1)) + std::string(1, '"');
  const std::size_t end = source.find(close, open);
  return end == std::string_view::npos ? source.size() : end + close.size();
}

// Past the end of the comment or literal that starts at `at`; `at` itself where none does.
std::size_t skip_hidden(std::string_view source, std::size_t at) {
  const char before = at > 0 ? source[at - 1] : ' ';
  if (source.substr(at, 2) == "//") return std::min(source.find('\n', at), source.size());
  if (source.substr(at, 2) == "/*") {
    const std::size_t end = source.find("*/", at + 2);
    return end == std::string_view::npos ? source.size() : end + 2;
  }
  if (source[at] == '"') {
    return before == 'R' ? skip_raw_string(source, at) : skip_quoted(source, at, '"');
  }
  // After a digit the apostrophe separates thousands.
  if (source[at] == '\'' && !is_word(before)) return skip_quoted(source, at, '\'');
  return at;
}

}  // namespace

std::string code_only(std::string_view source) {
  std::string code(source);
  for (std::size_t i = 0; i < code.size();) {
    const std::size_t end = skip_hidden(source, i);
    for (std::size_t k = i; k < end; ++k) {
      if (code[k] != '\n') code[k] = ' ';
    }
    i = std::max(end, i + 1);
  }
  return code;
}

std::vector<Include> find_includes(std::string_view source) {
  const std::string code = code_only(source);
  std::vector<Include> includes;
  std::size_t line = 0;
  for (std::size_t start = 0; start < code.size();) {
    ++line;
    const std::size_t end = std::min(code.find('\n', start), code.size());
    std::string_view text = std::string_view(code).substr(start, end - start);
    const auto skip = [&text](std::string_view what) {
      text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
      if (!text.starts_with(what)) return false;
      text.remove_prefix(what.size());
      return true;
    };
    if (skip("#") && skip("include")) {
      // code_only has blanked a quoted name, so the name is read from the source.
      std::string_view rest = source.substr(start, end - start);
      rest.remove_prefix(rest.find("include") + 7);
      const std::size_t open = rest.find_first_of("\"<");
      if (open != std::string_view::npos) {
        const std::size_t close = rest.find(rest[open] == '<' ? '>' : '"', open + 1);
        includes.push_back({std::string(rest.substr(open + 1, close - open - 1)), line});
      }
    }
    start = end + 1;
  }
  return includes;
}

std::vector<std::size_t> find_token(std::string_view code, std::string_view token) {
  std::vector<std::size_t> lines;
  for (std::size_t at = code.find(token); at != std::string_view::npos;
       at = code.find(token, at + 1)) {
    const std::size_t end = at + token.size();
    const bool starts = at == 0 || (!is_word(code[at - 1]) && code[at - 1] != ':');
    const bool ends = !is_word(token.back()) || end == code.size() || !is_word(code[end]);
    if (!starts || !ends) continue;
    lines.push_back(1 + static_cast<std::size_t>(std::count(
                            code.begin(), code.begin() + static_cast<std::ptrdiff_t>(at), '\n')));
  }
  return lines;
}

}  // namespace headroom::test
