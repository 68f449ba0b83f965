#include "headroom/cli/grid_axis.h"

#include "headroom/cli/command_line.h"
#include "headroom/core/error.h"
#include "headroom/core/lora_tags.h"
#include "headroom/core/quote.h"
#include "headroom/core/typed_numbers.h"

#include "request_settings.h"
#include "typed_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>

namespace headroom {
namespace {

constexpr std::string_view kWord = "prompt:";
constexpr std::string_view kLora = "lora:";

[[noreturn]] void refuse(const std::string& option, const std::string& typed,
                         const std::string& why) {
  throw Error(ErrorKind::kInvalidRequest, option + " " + in_quotes(typed) + " " + why);
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

// Splits at commas outside of double quotes; "" inside of quotes is one quote.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> values(1);
  bool is_quoted = false;
  bool was_quoted = false;
  const auto end_value = [&] {
    if (!was_quoted) values.back() = trimmed(values.back());
    was_quoted = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' && is_quoted && text.substr(i + 1).starts_with('"')) {
      values.back() += text[i++];
    } else if (text[i] == '"' && (is_quoted || trimmed(values.back()).empty())) {
      if (!is_quoted) values.back().clear();
      is_quoted = !is_quoted;
      was_quoted = true;
    } else if (text[i] == ',' && !is_quoted) {
      end_value();
      values.emplace_back();
    } else if (!was_quoted || is_quoted) {
      values.back() += text[i];
    }
  }
  end_value();
  return values;
}

std::string number_text(double value) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), std::round(value * 1e9) / 1e9).ptr;
  return {text.data(), end};
}

// "1-9", "0-2(+0.5)"; nothing for other texts.
std::optional<std::vector<std::string>> read_range(const std::string& value) {
  const std::size_t hyphen = value.find('-', 1);
  if (hyphen == std::string::npos) return std::nullopt;
  std::string_view rest = std::string_view(value).substr(hyphen + 1);
  double step = 1;
  if (const std::size_t bracket = rest.find('('); bracket != std::string_view::npos) {
    std::string_view typed = rest.substr(bracket + 1);
    if (!typed.starts_with('+') || !typed.ends_with(')')) return std::nullopt;
    const auto read = parse_real(typed.substr(1, typed.size() - 2));
    if (!read || *read <= 0) return std::nullopt;
    step = *read;
    rest = rest.substr(0, bracket);
  }
  const auto first = parse_real(std::string_view(value).substr(0, hyphen));
  const auto last = parse_real(rest);
  if (!first || !last || *last < *first) return std::nullopt;
  const double count = std::floor((*last - *first) / step + 1e-9) + 1;
  std::vector<std::string> values;
  // Makes one value more than allowed, so that the caller refuses the range.
  for (int i = 0; i < count && i <= kMostAxisValues; ++i) {
    values.push_back(number_text(*first + i * step));
  }
  return values;
}

std::string setting_names() {
  std::string names = "prompt, prompt:WORD, lora:NAME";
  for (const RequestSetting& setting : request_settings()) {
    names += ", " + std::string(setting.name);
  }
  return names;
}

bool is_of_numbers(std::string_view setting) {
  if (setting.starts_with(kLora)) return true;
  const RequestSetting* const known = find_request_setting(setting);
  return known != nullptr && known->is_number;
}

std::string replaced(std::string text, std::string_view word, std::string_view by) {
  for (std::size_t at = text.find(word); at != std::string::npos;
       at = text.find(word, at + by.size())) {
    text.replace(at, word.size(), by);
  }
  return text;
}

std::string with_strength(const std::string& prompt, std::string_view name, double strength) {
  TaggedPrompt parts = take_lora_tags(prompt);
  const auto tag = std::ranges::find(parts.loras, name, &LoraTag::name);
  if (tag == parts.loras.end()) {
    parts.loras.push_back({std::string(name), strength});
  } else {
    tag->strength = strength;
  }
  for (const LoraTag& lora : parts.loras) parts.words += " " + write_lora_tag(lora);
  return parts.words;
}

}  // namespace

void GridAxis::apply(const std::string& value, CommandLine& line) const {
  const std::string option = "the value";  // which setting it is of, the cell's name says
  if (setting == "prompt") {
    line.prompt = value;
  } else if (setting.starts_with(kWord)) {
    const std::string word = setting.substr(kWord.size());
    if (line.prompt.find(word) == std::string::npos) {
      refuse(option, value, "has no place: the prompt does not hold " + in_quotes(word));
    }
    line.prompt = replaced(line.prompt, word, value);
  } else if (setting.starts_with(kLora)) {
    line.prompt = with_strength(line.prompt, std::string_view(setting).substr(kLora.size()),
                                read_real(option, value));
  } else {
    find_request_setting(setting)->apply(option, value, line);
    if (setting == "seed" && !line.seed) refuse(option, value, "is no certain seed; write numbers");
  }
}

std::string GridAxis::label(const std::string& value) const {
  if (setting == "prompt" || setting.starts_with(kWord)) return value;
  return setting.substr(setting.starts_with(kLora) ? kLora.size() : 0) + " " + value;
}

GridAxis read_grid_axis(const std::string& option, const std::string& typed) {
  const std::size_t equals = typed.find('=');
  GridAxis axis{trimmed(typed.substr(0, equals)), {}};
  const bool is_known = axis.setting == "prompt" || find_request_setting(axis.setting) != nullptr;
  const bool is_named = (axis.setting.starts_with(kWord) && axis.setting.size() > kWord.size()) ||
                        (axis.setting.starts_with(kLora) && axis.setting.size() > kLora.size());
  if (equals == std::string::npos || !(is_known || is_named)) {
    refuse(
        option, typed,
        "names no setting and its values, like steps=4,8,12; the settings are " + setting_names());
  }
  for (std::string& value : split(std::string_view(typed).substr(equals + 1))) {
    const auto range = is_of_numbers(axis.setting) ? read_range(value) : std::nullopt;
    if (range) {
      axis.values.insert(axis.values.end(), range->begin(), range->end());
    } else {
      axis.values.push_back(std::move(value));
    }
  }
  if (axis.values.size() > kMostAxisValues) {
    refuse(option, typed,
           "has more than " + std::to_string(kMostAxisValues) + " values; name fewer");
  }
  return axis;
}

}  // namespace headroom
