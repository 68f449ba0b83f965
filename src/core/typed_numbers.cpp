#include "headroom/core/typed_numbers.h"

#include "headroom/core/lower_case.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace headroom {
namespace {

struct Replacement {
  std::string_view from;
  std::string_view to;
};
// What keyboards and typesetting put in the place of plain characters; full-width digits and
// letters are replaced by their rule.
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

// `text` with plain characters only where it had others of the same meaning.
std::string plain(std::string_view text) {
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

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_around(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '"' || c == '\'';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_around(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_around(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view take_digits(std::string_view& rest) {
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_digit);
  const std::string_view digits = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(digits.size());
  return digits;
}

struct Decimal {
  bool negative = false;
  std::string digits;         // of the whole part and the fraction
  std::int64_t exponent = 0;  // the number is digits times 10^exponent
};

// "-12.5e3" and nothing behind it. A number has a digit before its point or behind it.
std::optional<Decimal> read_decimal(std::string_view text) {
  Decimal number;
  if (text.starts_with('-') || text.starts_with('+')) {
    number.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  number.digits = take_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::string_view fraction = take_digits(text);
    number.digits += fraction;
    number.exponent = -static_cast<std::int64_t>(fraction.size());
  }
  if (number.digits.empty()) return std::nullopt;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+')) text.remove_prefix(1);
    std::int32_t power = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), power);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    number.exponent += power;
  }
  if (!text.empty()) return std::nullopt;
  return number;
}

// The number without its sign when it is whole and fits.
std::optional<std::uint64_t> whole_part(Decimal number) {
  constexpr std::int64_t kMaxDigits = std::numeric_limits<std::uint64_t>::digits10 + 1;
  number.digits.erase(0, number.digits.find_first_not_of('0'));
  while (number.exponent < 0 && number.digits.ends_with('0')) {
    number.digits.pop_back();
    ++number.exponent;
  }
  if (number.digits.empty()) return 0;
  const auto length = static_cast<std::int64_t>(number.digits.size());
  if (number.exponent < 0 || length + number.exponent > kMaxDigits) return std::nullopt;
  number.digits.append(static_cast<std::size_t>(number.exponent), '0');
  std::uint64_t value = 0;
  const char* const end = number.digits.data() + number.digits.size();
  const auto read = std::from_chars(number.digits.data(), end, value);
  if (read.ec != std::errc()) return std::nullopt;
  return value;
}

// As the window's own field says it, too.
bool is_random(std::string_view text) { return lower_ascii(text) == "random" || text == "随机"; }

// "1,234,567" without its commas; any other text as it is.
std::string without_groups(std::string_view text) {
  constexpr std::size_t kGroup = 3;
  std::string digits;
  std::string_view rest = text;
  while (true) {
    const std::string_view group = take_digits(rest);
    const bool fits =
        digits.empty() ? !group.empty() && group.size() <= kGroup : group.size() == kGroup;
    if (!fits) return std::string(text);
    digits += group;
    if (rest.empty()) return digits;
    if (!rest.starts_with(',')) return std::string(text);
    rest.remove_prefix(1);
  }
}

std::optional<TypedSeed> read_seed_value(std::string_view text) {
  if (text.empty() || is_random(text)) return TypedSeed{};
  const auto number = read_decimal(without_groups(text));
  if (!number) return std::nullopt;
  const auto value = whole_part(*number);
  if (!value) return std::nullopt;
  if (!number->negative || *value == 0) return TypedSeed{value};
  if (*value == 1) return TypedSeed{};
  return std::nullopt;  // other negative numbers mean something else in every program
}

// What stands behind the first key called "seed": up to the comma, brace or line end after it.
// "Variation seed" and "seed resize from" are other keys.
std::optional<std::string_view> find_seed(std::string_view text) {
  const std::string lowered = lower_ascii(text);
  constexpr std::string_view kKey = "seed";
  for (std::size_t at = lowered.find(kKey); at != std::string::npos;
       at = lowered.find(kKey, at + 1)) {
    const std::string_view before = text.substr(0, at);
    const std::string_view own_key = before.substr(before.find_last_of(",\n{") + 1);
    if (std::any_of(own_key.begin(), own_key.end(), is_letter)) continue;
    std::string_view after = text.substr(at + kKey.size());
    const std::size_t begin = after.find_first_not_of(" \t\"':=");
    if (begin == 0 || begin == std::string_view::npos) continue;
    after.remove_prefix(begin);
    after = trim(after.substr(0, after.find_first_of(",\n}")));
    if (is_digit(after.front()) || after.front() == '-' || is_random(after)) return after;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parse_whole(std::string_view text) {
  const std::string typed = plain(text);
  const auto number = read_decimal(without_groups(trim(typed)));
  if (!number) return std::nullopt;
  const auto value = whole_part(*number);
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!value || *value > kMax) return std::nullopt;
  const auto whole = static_cast<std::int64_t>(*value);
  return number->negative ? -whole : whole;
}

std::optional<double> parse_real(std::string_view text) {
  std::string typed(trim(plain(text)));
  if (std::count(typed.begin(), typed.end(), ',') == 1 && typed.find('.') == std::string::npos) {
    typed[typed.find(',')] = '.';
  }
  if (!read_decimal(typed)) return std::nullopt;
  if (typed.starts_with('+')) typed.erase(0, 1);
  double value = 0;
  const auto [end, error] = std::from_chars(typed.data(), typed.data() + typed.size(), value);
  if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<TypedSeed> parse_seed(std::string_view text) {
  const std::string typed = plain(text);
  if (const auto seed = read_seed_value(trim(typed))) return seed;
  const auto named = find_seed(typed);
  return named ? read_seed_value(*named) : std::nullopt;
}

}  // namespace headroom
