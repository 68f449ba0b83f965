#include "plain_text.h"

#include <algorithm>
#include <array>
#include <optional>

namespace headroom {
namespace {

struct Replacement {
  std::string_view from;
  std::string_view to;
};
// What keyboards and typesetting use instead of plain characters. Full-width digits and letters
// are not listed: full_width() converts them.
constexpr std::array<Replacement, 12> kReplacements{{{"\u2212", "-"},
                                                     {"\u2013", "-"},
                                                     {"\u2010", "-"},
                                                     {"\u2011", "-"},
                                                     {"\u00A0", " "},
                                                     {"\u202F", " "},
                                                     {"\u3000", " "},
                                                     {"\u3002", "."},
                                                     {"\u201C", "\""},
                                                     {"\u201D", "\""},
                                                     {"\u200B", ""},
                                                     {"\uFEFF", ""}}};

// U+FF01 to U+FF5E are the full-width forms of '!' to '~', three bytes each.
std::optional<char> full_width(std::string_view text) {
  if (text.size() < 3 || text[0] != '\xEF') return std::nullopt;
  const auto second = static_cast<unsigned char>(text[1]);
  const auto third = static_cast<unsigned char>(text[2]);
  if ((second != 0xBC && second != 0xBD) || third < 0x80 || third > 0xBF) return std::nullopt;
  const unsigned code = ((second & 0x3FU) << 6 | (third & 0x3FU)) + '!' - 0xF01;
  if (code < '!' || code > '~') return std::nullopt;
  return static_cast<char>(code);
}

bool is_around(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '"' || c == '\'';
}

}  // namespace

std::string plain_text(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    if (const auto c = full_width(text)) {
      result += *c;
      text.remove_prefix(3);
      continue;
    }
    const auto* const known =
        std::find_if(kReplacements.begin(), kReplacements.end(),
                     [text](const Replacement& r) { return text.starts_with(r.from); });
    if (known != kReplacements.end()) {
      result += known->to;
      text.remove_prefix(known->from.size());
    } else {
      result += text.front();
      text.remove_prefix(1);
    }
  }
  return result;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_around(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_around(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace headroom
