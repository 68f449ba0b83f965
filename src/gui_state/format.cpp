#include "headroom/gui_state/format.h"

#include "headroom/core/bytes.h"
#include "headroom/core/processor_name.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace headroom {
namespace {

std::string print(const char* format, double value) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, value);
  return buffer.data();
}

}  // namespace

std::string fill(const std::string& text, std::initializer_list<std::string> values) {
  return fill_pattern(text, values);
}

std::string format_of(std::int64_t part_bytes, std::int64_t whole_bytes) {
  const bool giga = whole_bytes >= kGiB;
  const double unit = static_cast<double>(giga ? kGiB : kMiB);
  const char* const format = giga ? "%.1f" : "%.0f";
  return print(format, static_cast<double>(part_bytes) / unit) + " / " +
         print(format, static_cast<double>(whole_bytes) / unit) + (giga ? " GB" : " MB");
}

std::pair<std::string, std::string> format_pair(std::int64_t first_bytes, std::int64_t last_bytes) {
  const bool giga = std::max(first_bytes, last_bytes) >= kGiB;
  const double unit = static_cast<double>(giga ? kGiB : kMiB);
  const auto number = [&](std::int64_t bytes) {
    return print(giga ? "%.1f" : "%.0f", static_cast<double>(bytes) / unit);
  };
  return {number(first_bytes), number(last_bytes) + (giga ? " GB" : " MB")};
}

std::string format_missing(std::int64_t bytes) {
  if (bytes < kMiB) return "< 1 MB";
  if (bytes > kGiB - kMiB) return format_bytes((10 * bytes + kGiB - 1) / kGiB * kGiB / 10);
  return format_bytes((bytes + kMiB - 1) / kMiB * kMiB);
}

std::string format_seconds(double seconds, const StringTable& text) {
  if (seconds < 9.95 && seconds != std::floor(seconds))
    return fill(text.text("time.seconds"), {print("%.1f", seconds)});
  if (seconds < 59.5) return fill(text.text("time.seconds"), {print("%.0f", seconds)});
  const auto whole = std::llround(seconds);
  std::array<char, 64> clock{};
  if (whole < 3600) {
    std::snprintf(clock.data(), clock.size(), "%lld:%02lld", whole / 60, whole % 60);
  } else {
    std::snprintf(clock.data(), clock.size(), "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60,
                  whole % 60);
  }
  return clock.data();
}

std::string host_text(const Plan& plan, const StringTable& text) {
  std::string held;
  if (plan.host_peak_bytes > 0)
    held = fill(text.text("host.held"), {format_bytes(plan.host_peak_bytes)});
  if (plan.page_cache_bytes <= 0) return held;
  const std::string read = fill(text.text("host.read"), {format_bytes(plan.page_cache_bytes)});
  return held.empty() ? read : held + text.text("plan.and") + read;
}

std::string format_predicted(double seconds, bool estimated, const StringTable& text) {
  return (estimated ? "≈ " : "") +
         format_seconds(seconds < 1 ? seconds : std::round(seconds), text);
}

std::string needs_text(const Plan& plan, const StringTable& text) {
  const std::string bytes = format_bytes(plan.peak_bytes);
  if (plan.seconds <= 0) return bytes;
  return bytes + " · " + format_predicted(plan.seconds, plan.seconds_are_estimated, text);
}

std::string format_ratio(Size sides) {
  constexpr int kMaxPart = 32;
  const int common = std::max(1, std::gcd(sides.width, sides.height));
  const int width = sides.width / common;
  const int height = sides.height / common;
  if (std::max(width, height) <= kMaxPart)
    return std::to_string(width) + ":" + std::to_string(height);
  const bool wide = width > height;
  const std::string times = format_number(wide ? 1.0 * width / height : 1.0 * height / width);
  return wide ? times + ":1" : "1:" + times;
}

std::string format_number(double value) {
  std::string text = print("%.2f", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string format_times(double times) { return print("%.1f", times); }

std::string device_label(const std::string& name) { return name == kProcessorName ? "CPU" : name; }

namespace {

// The text whose key is `prefix` + the word before the colon in `code`, filled in with what
// follows the colon; `otherwise` when there is no such text.
std::string coded_text(const std::string& prefix, const std::string& code,
                       const std::string& otherwise, const StringTable& text) {
  const std::size_t colon = code.find(':');
  const std::string key = prefix + code.substr(0, colon);
  const std::string value = colon == std::string::npos ? std::string() : code.substr(colon + 1);
  return text.contains(key) ? fill(text.text(key), {value}) : otherwise;
}

}  // namespace

Message notice_message(const Notice& notice) {
  switch (notice.kind) {
    case Notice::Kind::kSlower:
      return say("notice.slower", format_times(notice.times));
    case Notice::Kind::kSlowerByOthers:
      return say("notice.slower-others", format_times(notice.times));
    default:
      return notice.text;
  }
}

namespace {

// Whether the message begins with a word of a sentence, and not with a name, number or path.
bool begins_with_word(const Message& message, const StringTable& text) {
  if (message.key().empty()) return false;
  const std::string pattern =
      text.contains(message.key()) ? text.text(message.key()) : message.pattern();
  if (!pattern.starts_with('{')) return true;
  const auto value = pattern.size() > 1 ? static_cast<std::size_t>(pattern[1] - '0') : 0;
  return value < message.values().size() && begins_with_word(message.values()[value], text);
}

}  // namespace

std::string sentence(const Message& message, const StringTable& text) {
  std::string words = text.words(message);
  if (message.key().empty() || words.empty()) return words;
  if (begins_with_word(message, text) && words.front() >= 'a' && words.front() <= 'z')
    words.front() = static_cast<char>(words.front() - 'a' + 'A');
  for (const std::string_view end : {".", "?", "!", "。", "？", "！", "…"}) {
    if (words.ends_with(end)) return words;
  }
  return words + text.text("sentence.end");
}

std::string option_name(const std::string& option, const StringTable& text) {
  return coded_text("rung.", option, option, text);
}

std::string bind_units(std::string_view text) {
  constexpr std::string_view kUnits[]{"GB", "MB", "px", "%", "s", "秒"};
  constexpr std::string_view kSigns[]{"<", "≈"};
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  std::string bound;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != ' ') {
      bound += text[i];
      continue;
    }
    const std::string_view before = text.substr(0, i);
    const std::string_view after = text.substr(i + 1);
    const bool unit =
        !before.empty() && is_digit(before.back()) &&
        std::ranges::any_of(kUnits, [&](std::string_view u) {
          return after.starts_with(u) && (after.size() == u.size() || !is_letter(after[u.size()]));
        });
    const bool sign =
        !after.empty() && is_digit(after.front()) &&
        std::ranges::any_of(kSigns, [&](std::string_view s) { return before.ends_with(s); });
    bound += unit || sign ? "\u00A0" : " ";
  }
  return bound;
}

std::string shorten(std::string_view text, std::size_t characters) {
  text = text.substr(0, text.find('\n'));
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts_character = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (starts_character && ++count > characters) return std::string(text.substr(0, i)) + "…";
  }
  return std::string(text);
}

bool ends_in_chinese(std::string_view text) {
  if (text.empty()) return false;
  std::size_t start = text.size() - 1;  // of the last character
  while (start > 0 && text.size() - start < 4 &&
         (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80) {
    --start;
  }
  // The lead byte's bits after its ones, then six bits of each byte that follows.
  const std::size_t length = text.size() - start;
  char32_t code = static_cast<unsigned char>(text[start]);
  if (length > 1) code &= 0xFFU >> (length + 1);
  for (const char c : text.substr(start + 1)) {
    code = code << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  }
  const auto within = [code](char32_t first, char32_t last) {
    return code >= first && code <= last;
  };
  return within(0x2E80, 0x9FFF) || within(0xF900, 0xFAFF) || within(0xFF00, 0xFFEF) ||
         within(0x20000, 0x3FFFF);
}

}  // namespace headroom
