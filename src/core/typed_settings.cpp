#include "headroom/core/typed_settings.h"

#include "headroom/core/lower_case.h"
#include "headroom/core/typed_numbers.h"

#include "plain_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace headroom {
namespace {

// Names are compared without blanks, hyphens and other signs.
constexpr std::array<std::string_view, 6> kStepsNames{"steps", "numinferencesteps", "samplingsteps",
                                                      "步数",  "采样步数",          "迭代步数"};
constexpr std::array<std::string_view, 3> kGuidanceNames{"guidance", "guidancescale", "引导强度"};
constexpr std::array<std::string_view, 4> kCfgNames{"cfgscale", "cfg", "提示词引导系数", "cfg系数"};
constexpr std::array<std::string_view, 5> kCountNames{"count", "batchsize", "batchcount", "张数",
                                                      "数量"};
constexpr std::array<std::string_view, 3> kWidthNames{"width", "w", "宽度"};
constexpr std::array<std::string_view, 3> kHeightNames{"height", "h", "高度"};
constexpr std::array<std::string_view, 4> kSizeNames{"size", "resolution", "尺寸", "分辨率"};

constexpr std::array<std::string_view, 3> kStepsUnits{"steps", "step", "步"};
constexpr std::array<std::string_view, 5> kCountUnits{"pictures", "images", "picture", "image",
                                                      "张"};
constexpr std::array<std::string_view, 4> kSideUnits{"pixels", "pixel", "px", "像素"};

using Words = std::span<const std::string_view>;

Words names_of(NumberOf of) {
  switch (of) {
    case NumberOf::kAnything:
    case NumberOf::kWhole:
      return {};
    case NumberOf::kSteps:
      return kStepsNames;
    case NumberOf::kGuidance:
      return kGuidanceNames;
    case NumberOf::kCount:
      return kCountNames;
    case NumberOf::kWidth:
      return kWidthNames;
    case NumberOf::kHeight:
      return kHeightNames;
  }
  return {};
}

Words units_of(NumberOf of) {
  switch (of) {
    case NumberOf::kAnything:
    case NumberOf::kWhole:
    case NumberOf::kGuidance:
      return {};
    case NumberOf::kSteps:
      return kStepsUnits;
    case NumberOf::kCount:
      return kCountUnits;
    case NumberOf::kWidth:
    case NumberOf::kHeight:
      return kSideUnits;
  }
  return {};
}

bool is_side(NumberOf of) { return of == NumberOf::kWidth || of == NumberOf::kHeight; }

bool is_one_of(std::string_view name, Words names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Where whole numbers are wanted, "1,024" is no fraction.
std::optional<double> read_number(NumberOf of, std::string_view text) {
  const bool is_real = of == NumberOf::kAnything || of == NumberOf::kGuidance;
  if (!is_real && reads_two_ways(text)) return std::nullopt;
  const auto whole = is_real ? std::nullopt : parse_whole(text);
  return whole ? std::optional(static_cast<double>(*whole)) : parse_real(text);
}

// `text` is plain and in lower case.
std::optional<double> read_with_unit(NumberOf of, std::string_view text) {
  text = trim(text);
  for (const std::string_view unit : units_of(of)) {
    if (!text.ends_with(unit)) continue;
    text.remove_suffix(unit.size());
    break;
  }
  return read_number(of, text);
}

std::optional<Size> to_size(std::optional<double> width, std::optional<double> height) {
  const auto fits = [](std::optional<double> side) {
    return side && *side >= 0 && *side <= std::numeric_limits<int>::max() &&
           *side == std::floor(*side);
  };
  if (!fits(width) || !fits(height)) return std::nullopt;
  return Size{static_cast<int>(*width), static_cast<int>(*height)};
}

// "1024x768" and the like, without a name.
std::optional<Size> read_sides(std::string_view text) {
  text = trim(text);
  const bool has_brackets = text.size() > 2 && (text.front() == '(' || text.front() == '[') &&
                            (text.back() == ')' || text.back() == ']');
  if (has_brackets) text = text.substr(1, text.size() - 2);
  // Signs that stand for "times", including letters that look like it.
  for (const std::string_view sign : {"×", "✕", "х", "*", "by", ",", "x"}) {
    std::size_t at = text.find(sign);
    if (sign == "x" && at != std::string_view::npos && at > 0 && text[at - 1] == 'p')
      at = text.find(sign, at + 1);  // an "x" inside the unit "px"
    if (at == std::string_view::npos) continue;
    const auto width = read_with_unit(NumberOf::kWidth, text.substr(0, at));
    const auto height = read_with_unit(NumberOf::kHeight, text.substr(at + sign.size()));
    const auto size = to_size(width, height);
    if (!size) continue;
    // Without brackets "1,024" is one number.
    if (sign == "," && !has_brackets && std::min(size->width, size->height) < kMinSide_px) continue;
    return size;
  }
  return std::nullopt;
}

struct Named {
  std::string name;  // lower-case letters and digits, without blanks and signs
  std::string value;
};

bool ends_value(char c) { return c == '\n' || c == '\r' || c == ';' || c == '{' || c == '}'; }

bool is_space(char c) { return c == ' ' || c == '\t'; }

// "cfg scale: 4" begins with a name.
bool begins_name(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  bool has_letter = false;
  for (const char c : text.substr(0, kLongest)) {
    if (c == ':' || c == '=') return has_letter;
    const bool is_letter = (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
    has_letter = has_letter || is_letter;
    if (!is_letter && c != ' ' && c != '_' && c != '-' && c != '"') return false;
  }
  return false;
}

// The end of the value that begins at `at`: the next comma that is not inside a number, the end of
// the line or object, or the start of the next name or option.
std::size_t value_end(std::string_view text, std::size_t at) {
  int depth = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    if (ends_value(c)) return at;
    if (c == ',' && depth <= 0 && !is_digit(next)) return at;
    if (is_space(c) && (next == '-' || begins_name(text.substr(at + 1)))) return at;
  }
  return at;
}

// "cfg scale" as "cfgscale".
std::string plain_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool is_other = static_cast<unsigned char>(c) >= 0x80;  // Chinese
    if ((c >= 'a' && c <= 'z') || is_digit(c) || is_other) name += c;
  }
  return name;
}

// All "name: value", "name = value" and "--name value" whose value is a number or begins with one.
std::vector<Named> named_values(std::string_view text) {
  std::vector<Named> found;
  std::size_t name_at = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (ends_value(c) || c == ',') name_at = i + 1;
    const bool begins =
        is_digit(c) || ((c == '-' || c == '+' || c == '.' || c == '(' || c == '[') &&
                        i + 1 < text.size() && is_digit(text[i + 1]));
    if (!begins) continue;
    const std::size_t end = value_end(text, i);
    std::string name = plain_name(text.substr(name_at, i - name_at));
    if (!name.empty())
      found.push_back({std::move(name), std::string(trim(text.substr(i, end - i)))});
    i = end == text.size() ? end : end - 1;
    name_at = end;
  }
  return found;
}

// The value that was added; nothing when there is none, or when several differ.
class OneOf {
 public:
  void add(std::optional<TypedSetting> value) {
    if (!value) return;
    differs_ = differs_ || (value_ && value_->value != value->value);
    if (!value_) value_ = value;
  }
  [[nodiscard]] std::optional<TypedSetting> get() const { return differs_ ? std::nullopt : value_; }

 private:
  std::optional<TypedSetting> value_;
  bool differs_ = false;
};

std::optional<TypedSetting> read_one(NumberOf of, std::string_view text) {
  const auto number = read_with_unit(of, text);
  return number ? std::optional(TypedSetting{*number}) : std::nullopt;
}

std::optional<TypedSetting> find_number(NumberOf of, std::string_view text) {
  OneOf found;
  for (const auto& [name, value] : named_values(text)) {
    if (is_one_of(name, names_of(of))) found.add(read_one(of, value));
    if (of != NumberOf::kGuidance || !is_one_of(name, kCfgNames)) continue;
    // People type scales as decimal fractions; rounding makes 1.1 - 1 exactly 0.1.
    if (const auto scale = read_number(of, value))
      found.add(TypedSetting{std::round((*scale - 1) * 1e9) / 1e9, true});
  }
  return found.get();
}

std::optional<Size> find_size(std::string_view text) {
  if (const auto size = read_sides(text)) return size;
  for (const auto& [name, value] : named_values(text)) {
    if (!is_one_of(name, kSizeNames)) continue;
    if (const auto size = read_sides(value)) return size;
  }
  const auto width = find_number(NumberOf::kWidth, text);
  const auto height = find_number(NumberOf::kHeight, text);
  if (!width || !height) return std::nullopt;
  return to_size(width->value, height->value);
}

}  // namespace

std::optional<TypedSetting> parse_setting(NumberOf of, std::string_view text) {
  if (text.size() > kMaxTypedBytes) return std::nullopt;
  const std::string typed = lower_ascii(plain_text(text));
  if (is_side(of)) {
    if (const auto size = find_size(typed)) {
      const bool is_width = of == NumberOf::kWidth;
      return TypedSetting{static_cast<double>(is_width ? size->width : size->height), false,
                          static_cast<double>(is_width ? size->height : size->width)};
    }
  }
  if (const auto number = read_one(of, typed)) return number;
  return find_number(of, typed);
}

std::optional<Size> parse_typed_size(std::string_view text) {
  if (text.size() > kMaxTypedBytes) return std::nullopt;
  return find_size(lower_ascii(plain_text(text)));
}

}  // namespace headroom
