#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::test {

// `source` with the characters of comments, string and character literals turned into spaces; line
// breaks stay, so that line numbers do.
[[nodiscard]] std::string code_only(std::string_view source);

struct Include {
  std::string path;  // between the quotes or angle brackets
  std::size_t line = 0;
};

// The #include directives of `source` outside comments and literals, in order.
[[nodiscard]] std::vector<Include> find_includes(std::string_view source);

// The 1-based lines of `code` (as code_only gives it) where `token` occurs as a word of its own.
[[nodiscard]] std::vector<std::size_t> find_token(std::string_view code, std::string_view token);

}  // namespace headroom::test
