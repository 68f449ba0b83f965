#include "foreign_object.h"

#include "headroom/core/size.h"
#include "headroom/core/typed_numbers.h"
#include "headroom/core/typed_settings.h"

#include "settings_limits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;

// "Negative Prompt", "negative_prompt" and "negativeprompt" are one key.
std::string plain_key(std::string_view key) {
  std::string plain;
  for (const char c : key) {
    if (c >= 'A' && c <= 'Z') plain += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) plain += c;
  }
  return plain;
}

template <std::size_t kCount>
bool is_one_of(const std::string& key, const std::array<std::string_view, kCount>& names) {
  return std::find(names.begin(), names.end(), key) != names.end();
}

class Reader {
 public:
  explicit Reader(ReadSettings& settings) : settings_(settings) {}

  void read(const json& object) {
    for (const auto& [key, value] : object.items()) {
      const std::string plain = plain_key(key);
      if (!value.is_null() && !read_field(plain, value)) {
        settings_.unknown.emplace_back(key, shown_value(value));
      }
    }
  }

 private:
  bool read_field(const std::string& key, const json& value) {
    constexpr std::array<std::string_view, 4> kPrompt{"prompt", "positiveprompt", "positive", "c"};
    constexpr std::array<std::string_view, 4> kNegative{"negativeprompt", "negative", "uc",
                                                        "undesiredcontent"};
    constexpr std::array<std::string_view, 3> kSteps{"steps", "numinferencesteps", "samplingsteps"};
    constexpr std::array<std::string_view, 4> kScale{"cfgscale", "guidancescale", "cfg", "scale"};
    GenerationRequest& request = settings_.request;
    if (is_one_of(key, kPrompt)) return read_prompt(value, request.prompt);
    if (is_one_of(key, kNegative)) return read_prompt(value, request.negative_prompt);
    if (is_one_of(key, kSteps)) return read_int("steps", value, kStepsRange, request.steps);
    if (key == "width") return read_int("width", value, kSideRange_px, request.width);
    if (key == "height") return read_int("height", value, kSideRange_px, request.height);
    if (key == "seed") return read_seed(value);
    if (is_one_of(key, kScale)) return read_scale(value);
    if (key == "resolution" || key == "size") return read_size(value);
    if (key == "shift" || key == "sigmashift") return read_shift(value);
    return false;
  }

  static bool read_prompt(const json& value, std::string& prompt) {
    const std::optional<std::string> text = prompt_of(value);
    if (text) prompt = *text;
    return text.has_value();
  }

  bool found(const char* field) {
    settings_.found.emplace_back(field);
    return true;
  }

  bool read_int(const char* field, const json& value, IntRange range, int& number) {
    if (!value.is_number() && !value.is_string()) return false;
    const auto whole = parse_whole(shown_value(value));
    if (!whole || *whole < range.low || *whole > range.high) return false;
    number = static_cast<int>(*whole);
    return found(field);
  }

  bool read_seed(const json& value) {
    if (!value.is_number() && !value.is_string()) return false;
    const std::string text = shown_value(value);
    const auto seed = text.empty() ? std::nullopt : parse_seed(text);
    if (!seed) return false;
    settings_.request.seed = seed->value;
    return found("seed");
  }

  static std::optional<double> read_real(const json& value, RealRange range) {
    if (!value.is_number() && !value.is_string()) return std::nullopt;
    const auto number = parse_real(shown_value(value));
    if (!number || !(*number >= range.low) || !(*number <= range.high)) return std::nullopt;
    return number;
  }

  // Reads the usual CFG scale; guidance is one less.
  bool read_scale(const json& value) {
    const auto scale = read_real(value, {kGuidanceRange.low + 1, kGuidanceRange.high + 1});
    if (!scale) return false;
    settings_.request.guidance_scale = std::round((*scale - 1) * 1e9) / 1e9;
    return found("guidance");
  }

  bool read_shift(const json& value) {
    const auto shift = read_real(value, kShiftRange);
    if (!shift) return false;
    settings_.request.shift = *shift;
    return found("shift");
  }

  bool read_size(const json& value) {
    const auto size = parse_typed_size(shown_value(value));
    const auto fits = [](int px) { return px >= kSideRange_px.low && px <= kSideRange_px.high; };
    if (!size || !fits(size->width) || !fits(size->height)) return false;
    settings_.request.width = size->width;
    settings_.request.height = size->height;
    return found("width") && found("height");
  }

  ReadSettings& settings_;
};

}  // namespace

bool is_shallow(std::string_view text) {
  constexpr std::size_t kDeepest = 32;
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quoted) {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '{' || c == '[') && ++depth > kDeepest) {
      return false;
    } else if (!quoted && (c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return true;
}

std::string shown_value(const json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<std::string> prompt_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array() || value.empty()) return std::nullopt;
  std::string joined;
  for (const json& item : value) {
    const json& text = item.is_object() && item.contains("prompt") ? item["prompt"] : item;
    if (!text.is_string()) return std::nullopt;
    joined += (joined.empty() ? "" : "\n") + text.get<std::string>();
  }
  return joined;
}

std::optional<ReadSettings> read_foreign_object(const json& object, std::string source,
                                                std::string text) {
  ReadSettings settings;
  settings.source = std::move(source);
  settings.text = std::move(text);
  Reader(settings).read(object);
  take_prompts(settings);
  const auto has = [&settings](const char* field) {
    return std::find(settings.found.begin(), settings.found.end(), field) != settings.found.end();
  };
  if (!has("prompt") && !has("seed")) return std::nullopt;
  return settings;
}

}  // namespace headroom
