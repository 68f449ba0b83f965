// Settings that other programs write as JSON. Their keys differ in case, underscores and depth, not
// in meaning, so one reader serves all; ComfyUI's graph has a file of its own.

#include "headroom/records/foreign_json.h"

#include "headroom/records/read_settings.h"

#include "comfy_graph.h"
#include "foreign_object.h"
#include "invokeai_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 3> kNoNumbers{"NaN", "-Infinity", "Infinity"};

bool is_of_number(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

// A number at the beginning of `text` that is too large for a double; empty otherwise.
std::string_view vast_number(std::string_view text) {
  const std::string_view number =
      text.substr(0, static_cast<std::size_t>(
                         std::find_if_not(text.begin(), text.end(), is_of_number) - text.begin()));
  double value = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
  return read.ec == std::errc::result_out_of_range ? number : std::string_view();
}

// The UTF-16 code unit that "\uXXXX" at the beginning of `text` stands for.
std::optional<unsigned> escaped_unit(std::string_view text) {
  constexpr std::size_t kEnd = 6;
  if (!text.starts_with("\\u") || text.size() < kEnd) return std::nullopt;
  unsigned unit = 0;
  const auto read = std::from_chars(text.data() + 2, text.data() + kEnd, unit, 16);
  if (read.ec != std::errc() || read.ptr != text.data() + kEnd) return std::nullopt;
  return unit;
}

// The escape at the beginning of `text`, with its second half if it is a surrogate pair, and its
// replacement: half of a pair alone is not a character.
std::pair<std::string_view, std::string_view> read_escape(std::string_view text) {
  constexpr std::size_t kUnit = 6;
  const auto unit = escaped_unit(text);
  if (!unit || (*unit & 0xF800U) != 0xD800) {
    const std::string_view plain = text.substr(0, 2);
    return {plain, plain};
  }
  const auto next = escaped_unit(text.substr(kUnit));
  const bool is_pair = *unit < 0xDC00 && next && (*next & 0xFC00U) == 0xDC00;
  const std::string_view whole = text.substr(0, is_pair ? 2 * kUnit : kUnit);
  return {whole, is_pair ? whole : "\\uFFFD"};
}

// Replaces what other programs write although JSON does not have it: Python's NaN, infinities and
// numbers that are too large, which become strings, and halves of surrogate pairs.
std::string as_plain_json(std::string_view text) {
  std::string out;
  bool quoted = false;
  while (!text.empty()) {
    const auto known =
        std::find_if(kNoNumbers.begin(), kNoNumbers.end(),
                     [&](std::string_view word) { return !quoted && text.starts_with(word); });
    const std::string_view vast =
        !quoted && is_of_number(text.front()) ? vast_number(text) : std::string_view();
    std::string_view taken = text.substr(0, 1);
    if (known != kNoNumbers.end()) {
      taken = *known;
      out += '"' + std::string(*known) + '"';  // not null, which would not be told of
    } else if (!vast.empty()) {
      taken = vast;
      out += '"' + std::string(vast) + '"';
    } else if (quoted && text.front() == '\\') {
      std::string_view put;
      std::tie(taken, put) = read_escape(text);
      out += put;
    } else {
      if (text.front() == '"') quoted = !quoted;
      out += text.front();
    }
    text.remove_prefix(taken.size());
  }
  return out;
}

// The part of a larger object that holds one picture's settings.
const json& inner(const json& object) {
  for (const char* const key : {"sui_image_params", "image", "meta", "metadata"}) {
    if (object.contains(key) && object[key].is_object()) return object[key];
  }
  if (object.contains("images") && object["images"].is_array() && !object["images"].empty() &&
      object["images"].front().is_object()) {
    return object["images"].front();  // from InvokeAI's grids
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

// Reads the settings, and also what surrounds them in a larger object.
std::optional<ReadSettings> read_object(const json& object, const std::string& text) {
  const json& part = inner(object);
  const std::string source = source_of(object);
  const bool in_brackets = source == "invokeai" && is_invokeais_second_format(object);
  auto settings = read_foreign_object(in_brackets ? with_negative_apart(part) : part, source, text);
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
    object = json::parse(as_plain_json(text), nullptr, /*allow_exceptions=*/false);
  }
  if (!object.is_object()) return std::nullopt;
  if (is_comfy_graph(object)) return read_foreign_object(comfy_settings(object), "comfyui", text);
  return read_object(object, text);
}

}  // namespace headroom
