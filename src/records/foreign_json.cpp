// Settings that other programs write as JSON. Their keys differ in case, underscores and depth, not
// in meaning, so one reader serves all; ComfyUI's graph has a file of its own.

#include "headroom/records/foreign_json.h"

#include "headroom/records/read_settings.h"

#include "comfy_graph.h"
#include "dream_command.h"
#include "json_settings.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;

constexpr std::size_t kDeepest = 32;  // writing a document recurses
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

// What holds one picture's settings inside of a larger object.
const json& inner(const json& object) {
  for (const char* const key : {"sui_image_params", "image", "meta", "metadata"}) {
    if (object.contains(key) && object[key].is_object()) return object[key];
  }
  if (object.contains("images") && object["images"].is_array() && !object["images"].empty() &&
      object["images"].front().is_object()) {
    return object["images"].front();  // of InvokeAI's grids
  }
  return object;
}

bool is_invokeais_second_format(const json& object) {
  return object.contains("image") || object.contains("images");
}

std::string source_of(const json& object) {
  if (object.contains("sui_image_params")) return "swarmui";
  if (object.contains("positive_prompt") || object.contains("app_version") ||
      is_invokeais_second_format(object)) {
    return "invokeai";
  }
  if (object.contains("c") && object.contains("uc")) return "draw things";
  if (object.contains("uc") || object.contains("request_type")) return "novelai";
  if (object.contains("resolution") || object.contains("Resolution")) return "fooocus";
  if (object.contains("use_stable_diffusion_model")) return "easy diffusion";
  return "json";
}

// Of a larger object also what stands around the settings.
std::optional<ReadSettings> read_object(const json& object, const std::string& text) {
  const json& part = inner(object);
  const std::string source = source_of(object);
  const bool in_brackets = source == "invokeai" && is_invokeais_second_format(object);
  auto settings =
      read_settings_object(in_brackets ? with_negative_apart(part) : part, source, text);
  if (!settings || &part == &object) return settings;
  for (const auto& [key, value] : object.items()) {
    const bool holds_part =
        &value == &part || (value.is_array() && !value.empty() && &value.front() == &part);
    if (!holds_part) settings->unknown.emplace_back(key, shown_value(value));
  }
  return settings;
}

}  // namespace

std::optional<ReadSettings> parse_foreign_json(const std::string& text) {
  if (!is_shallow(text)) return std::nullopt;
  json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded()) {
    object = json::parse(without_infinities(text), nullptr, /*allow_exceptions=*/false);
  }
  if (!object.is_object()) return std::nullopt;
  if (is_comfy_graph(object)) return read_settings_object(comfy_settings(object), "comfyui", text);
  return read_object(object, text);
}

}  // namespace headroom
