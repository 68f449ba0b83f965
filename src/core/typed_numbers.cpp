#include "headroom/core/typed_numbers.h"

#include "headroom/core/lower_case.h"

#include "plain_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace headroom {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
std::string_view take_digits(std::string_view& rest) {
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_digit);
  const std::string_view digits = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(digits.size());
  return digits;
}

struct Decimal {
  bool negative = false;
  std::string digits;         // of the whole part and the fraction together
  std::int64_t exponent = 0;  // the number is digits times 10^exponent
};

// "-12.5e3" with nothing after it. A number has a digit before or after its point.
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

// The number's magnitude, if it is whole and fits.
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

// The window's own seed field shows these words, too.
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

// `text` is plain.
bool has_grouping_point(std::string_view text) {
  constexpr std::size_t kGroup = 3;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::string_view before = take_digits(text);
  if (before.empty() || before.size() > kGroup || before.front() == '0') return false;
  if (!text.starts_with('.')) return false;
  text.remove_prefix(1);
  return take_digits(text).size() == kGroup && text.empty();
}

std::optional<TypedSeed> read_seed_value(std::string_view text) {
  if (text.empty() || is_random(text)) return TypedSeed{};
  if (has_grouping_point(text)) return std::nullopt;
  const auto number = read_decimal(without_groups(text));
  if (!number) return std::nullopt;
  const auto value = whole_part(*number);
  if (!value) return std::nullopt;
  if (!number->negative || *value == 0) return TypedSeed{value};
  if (*value == 1) return TypedSeed{};
  return std::nullopt;  // other programs give other negative numbers different meanings
}

// The value after the first key called "seed", up to the next comma, brace or line end. "Variation
// seed" and "seed resize from" are other keys.
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
  const std::string typed = plain_text(text);
  if (has_grouping_point(trim(typed))) return std::nullopt;
  const auto number = read_decimal(without_groups(trim(typed)));
  if (!number) return std::nullopt;
  const auto value = whole_part(*number);
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!value || *value > kMax) return std::nullopt;
  const auto whole = static_cast<std::int64_t>(*value);
  return number->negative ? -whole : whole;
}

bool reads_two_ways(std::string_view text) {
  const std::string typed = plain_text(text);
  return has_grouping_point(trim(typed));
}

std::optional<double> parse_real(std::string_view text) {
  std::string typed(trim(plain_text(text)));
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
  if (text.size() > kMaxTypedBytes) return std::nullopt;
  const std::string typed = plain_text(text);
  if (const auto seed = read_seed_value(trim(typed))) return seed;
  const auto named = find_seed(typed);
  return named ? read_seed_value(*named) : std::nullopt;
}

}  // namespace headroom
