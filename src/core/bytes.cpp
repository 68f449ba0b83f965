#include "headroom/core/bytes.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

namespace headroom {

std::string format_bytes(std::int64_t bytes) {
  const double magnitude = std::abs(static_cast<double>(bytes));
  std::array<char, 48> text{};
  if (magnitude >= static_cast<double>(kGiB)) {
    std::snprintf(text.data(), text.size(), "%.1f GB",
                  static_cast<double>(bytes) / static_cast<double>(kGiB));
  } else if (magnitude >= static_cast<double>(kMiB) || bytes == 0) {
    std::snprintf(text.data(), text.size(), "%.0f MB",
                  static_cast<double>(bytes) / static_cast<double>(kMiB));
  } else {
    std::snprintf(text.data(), text.size(), "%.1f MB",
                  static_cast<double>(bytes) / static_cast<double>(kMiB));
  }
  return text.data();
}

std::optional<std::int64_t> parse_bytes(std::string_view text) {
  const auto trim = [](std::string_view s) {
    while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
    while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
    return s;
  };
  text = trim(text);
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(number) || number < 0) return std::nullopt;
  text = trim(text.substr(static_cast<std::size_t>(end - text.data())));

  double unit = 1;
  if (!text.empty()) {
    switch (text.front()) {
      case 'k':
      case 'K':
        unit = static_cast<double>(kKiB);
        break;
      case 'm':
      case 'M':
        unit = static_cast<double>(kMiB);
        break;
      case 'g':
      case 'G':
        unit = static_cast<double>(kGiB);
        break;
      case 't':
      case 'T':
        unit = static_cast<double>(kGiB) * 1024;
        break;
      case 'b':
      case 'B':
        break;
      default:
        return std::nullopt;
    }
    const std::string_view rest = unit == 1 ? text : text.substr(1);
    if (!(rest.empty() || rest == "B" || rest == "b" || rest == "iB" || rest == "ib"))
      return std::nullopt;
  }
  const double bytes = number * unit;
  if (bytes >= static_cast<double>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  return static_cast<std::int64_t>(bytes);
}

}  // namespace headroom
