// Settings that other programs write as JSON. Their keys differ in case, underscores and depth, not
// in meaning, so one reader serves all; ComfyUI's graph has a file of its own.
#include "headroom/core/size.h"
#include "headroom/core/typed_numbers.h"
#include "headroom/image/settings.h"

#include "comfy_graph.h"
#include "settings_limits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;

constexpr std::size_t kDeepest = 32;  // writing a document recurses

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

std::string shown(const json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// "(1152, 896)", "1152x896", "1152 × 896".
std::optional<Size> read_resolution(const std::string& text) {
  std::string plain;
  for (const char c : text) {
    if (c == ',') plain += 'x';
    if (c != '(' && c != ')' && c != '[' && c != ']' && c != ' ' && c != ',') plain += c;
  }
  return parse_size(plain);
}

class Reader {
 public:
  explicit Reader(ReadSettings& settings) : settings_(settings) {}

  void read(const json& object) {
    for (const auto& [key, value] : object.items()) {
      const std::string plain = plain_key(key);
      if (!value.is_null() && !read_field(plain, value)) {
        settings_.unknown.emplace_back(key, shown(value));
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
    return false;
  }

  // InvokeAI's old form is a list of prompts with weights.
  static bool read_prompt(const json& value, std::string& prompt) {
    if (value.is_string()) {
      prompt = value.get<std::string>();
      return true;
    }
    if (!value.is_array()) return false;
    std::string joined;
    for (const json& item : value) {
      const json& text = item.is_object() && item.contains("prompt") ? item["prompt"] : item;
      if (!text.is_string()) return false;
      joined += (joined.empty() ? "" : "\n") + text.get<std::string>();
    }
    prompt = joined;
    return !joined.empty();
  }

  bool found(const char* field) {
    settings_.found.emplace_back(field);
    return true;
  }

  bool read_int(const char* field, const json& value, IntRange range, int& number) {
    if (!value.is_number() && !value.is_string()) return false;
    const auto whole = parse_whole(shown(value));
    if (!whole || *whole < range.low || *whole > range.high) return false;
    number = static_cast<int>(*whole);
    return found(field);
  }

  bool read_seed(const json& value) {
    if (!value.is_number() && !value.is_string()) return false;
    const std::string text = shown(value);
    const auto seed = text.empty() ? std::nullopt : parse_seed(text);
    if (!seed) return false;
    settings_.request.seed = seed->value;
    return found("seed");
  }

  // The usual scale; ours is one less.
  bool read_scale(const json& value) {
    if (!value.is_number() && !value.is_string()) return false;
    const auto scale = parse_real(shown(value));
    if (!scale || !(*scale - 1 >= kGuidanceRange.low) || !(*scale - 1 <= kGuidanceRange.high)) {
      return false;
    }
    settings_.request.guidance_scale = std::round((*scale - 1) * 1e9) / 1e9;
    return found("guidance");
  }

  bool read_size(const json& value) {
    const auto size = read_resolution(shown(value));
    const auto fits = [](int px) { return px >= kSideRange_px.low && px <= kSideRange_px.high; };
    if (!size || !fits(size->width) || !fits(size->height)) return false;
    settings_.request.width = size->width;
    settings_.request.height = size->height;
    return found("width") && found("height");
  }

  ReadSettings& settings_;
};

constexpr std::array<std::string_view, 3> kNoNumbers{"NaN", "-Infinity", "Infinity"};

bool is_shallow(std::string_view text) {
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

// Python writes numbers into its JSON that JSON does not have; they stand outside of quotes.
std::string without_infinities(std::string_view text) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    const auto known =
        std::find_if(kNoNumbers.begin(), kNoNumbers.end(),
                     [&](std::string_view word) { return !quoted && rest.starts_with(word); });
    if (known != kNoNumbers.end()) {
      out += "null";
      i += known->size();
      continue;
    }
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == '\\' && quoted && i + 1 < text.size()) out += text[i++];
    out += text[i++];
  }
  return out;
}

// The objects that hold one program's settings inside of a larger one.
const json& inner(const json& object) {
  for (const char* const key : {"sui_image_params", "image", "meta", "metadata"}) {
    if (object.contains(key) && object[key].is_object()) return object[key];
  }
  return object;
}

std::string source_of(const json& object) {
  if (object.contains("sui_image_params")) return "swarmui";
  if (object.contains("positive_prompt") || object.contains("app_version") ||
      object.contains("image")) {
    return "invokeai";
  }
  if (object.contains("c") && object.contains("uc")) return "draw things";
  if (object.contains("uc") || object.contains("request_type")) return "novelai";
  if (object.contains("resolution") || object.contains("Resolution")) return "fooocus";
  return "json";
}

}  // namespace

std::optional<ReadSettings> parse_foreign_json(const std::string& text) {
  if (!is_shallow(text)) return std::nullopt;
  json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded()) {
    object = json::parse(without_infinities(text), nullptr, /*allow_exceptions=*/false);
  }
  if (!object.is_object()) return std::nullopt;
  ReadSettings settings;
  settings.text = text;
  if (is_comfy_graph(object)) {
    settings.source = "comfyui";
    Reader(settings).read(comfy_settings(object));
  } else {
    const json& part = inner(object);
    settings.source = source_of(object);
    Reader(settings).read(part);
    for (const auto& [key, value] : object.items()) {
      if (&part != &object && &value != &part) settings.unknown.emplace_back(key, shown(value));
    }
  }
  take_prompts(settings);
  const auto has = [&settings](const char* field) {
    return std::find(settings.found.begin(), settings.found.end(), field) != settings.found.end();
  };
  if (!has("prompt") && !has("seed")) return std::nullopt;
  return settings;
}

}  // namespace headroom
