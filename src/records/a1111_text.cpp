// The `parameters` text as AUTOMATIC1111's web UI and its relatives write it.

#include "headroom/records/a1111_text.h"

#include "headroom/core/error.h"
#include "headroom/core/size.h"
#include "headroom/core/typed_numbers.h"
#include "headroom/core/typed_settings.h"
#include "headroom/records/read_settings.h"

#include "settings_limits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string_view>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;

constexpr std::string_view kNegativeMark = "Negative prompt:";

// The first ten digits of the part's file hash, as A1111 writes it; empty if the part has several
// files or its hash is not known.
std::string short_hash(const RunRecord& run_record, std::string_view part) {
  constexpr std::size_t kDigits = 10;
  std::string hash;
  for (const HashedFile& file : run_record.model_files) {
    if (file.part != part) continue;
    if (!hash.empty()) return {};
    hash = file.sha256.substr(0, kDigits);
  }
  return hash;
}

// People type CFG scales as decimal fractions; rounding makes 0.1 + 1 - 1 exactly 0.1.
double tidy(double value) { return std::round(value * 1e9) / 1e9; }

// PNG text must not contain zero bytes, and a folder's name need not be UTF-8.
std::string writable(std::string text) {
  for (char& c : text) {
    if (c == '\0') c = ' ';
  }
  if (is_valid_utf8(text)) return text;
  const std::string quoted = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(quoted).get<std::string>();
}

// Like A1111: a value with a comma, colon or line break is written as a JSON string.
std::string quote_if_needed(const std::string& value) {
  const bool starts_like_quoted = value.starts_with('"');
  if (!starts_like_quoted && value.find_first_of(",:\n") == std::string::npos) return value;
  return json(value).dump();
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string_view> split_lines(std::string_view text) {
  // Old Macs' programs end lines with this alone.
  const char mark = text.find('\n') == std::string_view::npos ? '\r' : '\n';
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t end = text.find(mark);
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

// The end of a value in brackets, such as a JSON list or object.
std::size_t bracket_end(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted) {
      if (text[i] == '\\')
        ++i;
      else if (text[i] == '"')
        quoted = false;
      continue;
    }
    if (text[i] == '"') quoted = true;
    if (text[i] == '[' || text[i] == '{') ++depth;
    if ((text[i] == ']' || text[i] == '}') && --depth == 0) return i + 1;
  }
  return std::string_view::npos;
}

// The comma that ends the value at the start of `text`; between two digits it belongs to a number,
// as in typed settings.
std::size_t value_end(std::string_view text, std::size_t from) {
  const auto is_digit = [&](std::size_t at) {
    return at < text.size() && text[at] >= '0' && text[at] <= '9';
  };
  std::size_t comma = text.find(',', from);
  while (comma != std::string_view::npos && comma > 0 && is_digit(comma - 1) && is_digit(comma + 1))
    comma = text.find(',', comma + 1);
  return comma;
}

// Takes one value off `rest`, including the comma after it.
std::string take_value(std::string_view& rest) {
  rest = rest.substr(std::min(rest.find_first_not_of(" \t"), rest.size()));
  if (rest.starts_with('"')) {
    std::size_t end = 1;
    while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
    if (end < rest.size()) {
      const json parsed = json::parse(rest.substr(0, end + 1), nullptr, false);
      const std::string_view after = trim(rest.substr(end + 1));
      if (parsed.is_string() && (after.empty() || after.starts_with(','))) {
        rest = after.empty() ? after : after.substr(1);
        return parsed.get<std::string>();
      }
    }
  }
  std::size_t begin = 0;
  if (rest.starts_with('[') || rest.starts_with('{')) begin = bracket_end(rest);
  const std::size_t comma = value_end(rest, begin == std::string_view::npos ? 0 : begin);
  const std::string value(trim(rest.substr(0, comma)));
  rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  return value;
}

// "Steps: 8, Model: \"a, b\"" as pairs. A part without a colon becomes a key without a value.
std::vector<std::pair<std::string, std::string>> split_settings(std::string_view line) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!trim(line).empty()) {
    const std::size_t mark = line.find_first_of(":,");
    const std::string key(trim(line.substr(0, mark)));
    if (mark == std::string_view::npos || line[mark] == ',') {
      line = mark == std::string_view::npos ? std::string_view() : line.substr(mark + 1);
      if (!key.empty()) pairs.emplace_back(key, "");
      continue;
    }
    line.remove_prefix(mark + 1);
    std::string value = take_value(line);
    pairs.emplace_back(key, std::move(value));
  }
  return pairs;
}

template <typename Number, typename Range>
std::optional<Number> in_range(std::optional<Number> number, Range range) {
  if (!number || !(*number >= range.low) || !(*number <= range.high)) return std::nullopt;
  return number;
}

// False when a request has no field for `key`, or its field cannot hold `value`.
bool read_setting(const std::string& key, const std::string& value, ReadSettings& settings) {
  GenerationRequest& request = settings.request;
  const auto found = [&settings](const char* field) {
    settings.found.emplace_back(field);
    return true;
  };
  if (key == "Steps") {
    const auto steps = in_range(parse_whole(value), kStepsRange);
    if (steps) request.steps = static_cast<int>(*steps);
    return steps && found("steps");
  }
  if (key == "CFG scale" || key == "Guidance Scale") {
    constexpr RealRange kScale{kGuidanceRange.low + 1, kGuidanceRange.high + 1};
    const auto scale = in_range(parse_real(value), kScale);
    if (scale) request.guidance_scale = tidy(*scale - 1);
    return scale && found("guidance");
  }
  if (key == "Seed") {
    const auto seed = value.empty() ? std::nullopt : parse_seed(value);
    if (seed) request.seed = seed->value;
    return seed && found("seed");
  }
  if (key == "Size") {
    const auto size = parse_typed_size(value);
    const bool fits = size && in_range(std::optional(size->width), kSideRange_px) &&
                      in_range(std::optional(size->height), kSideRange_px);
    if (fits) request.width = size->width, request.height = size->height;
    return fits && found("width") && found("height");
  }
  if (key == "Shift") {
    request.shift = in_range(parse_real(value), kShiftRange);
    return request.shift && found("shift");
  }
  if (key == "CFG normalization") {
    const auto cap = in_range(parse_real(value), kCfgNormalizationRange);
    if (cap) request.cfg_normalization = *cap;
    return cap && found("cfg_normalization");
  }
  if (key == "CFG truncation") {
    const auto end = in_range(parse_real(value), kCfgTruncationRange);
    if (end) request.cfg_truncation = *end;
    return end && found("cfg_truncation");
  }
  return false;
}

// Keys that begin a line of settings in some program, or that no prompt would contain.
bool is_known_key(const std::string& key) {
  constexpr std::array<std::string_view, 14> kKeys{
      "Steps",         "Sampler",  "CFG scale",           "Seed",
      "Size",          "Model",    "Model hash",          "VAE",
      "Schedule type", "Guidance", "Distilled CFG Scale", "Clip skip",
      "Version",       "Shift"};
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end() ||
         key.starts_with("Postprocess");
}

// One known key is enough if the line begins with it, as every program's text does.
bool holds_settings(std::string_view line) {
  const auto pairs = split_settings(line);
  if (pairs.empty() || !is_known_key(pairs.front().first)) return false;
  const auto& [first, value] = pairs.front();
  if (value.empty() && pairs.size() == 1) return first == "Steps";
  const auto known = std::count_if(pairs.begin(), pairs.end(),
                                   [](const auto& pair) { return is_known_key(pair.first); });
  return first == "Steps" || first.starts_with("Postprocess") || known >= 2;
}

// Reads what programs write after the settings, which may have several lines: "Template: a
// {red|blue} cat".
void read_line_after(std::string_view line, ReadSettings& settings) {
  constexpr std::size_t kMaxKeyLength = 40;
  const std::size_t colon = line.find(": ");
  const std::string_view key = trim(line.substr(0, std::min(colon, line.size())));
  const bool is_pair =
      colon != std::string_view::npos && !key.empty() && key.size() <= kMaxKeyLength;
  if (is_pair) {
    settings.unknown.emplace_back(key, trim(line.substr(colon + 1)));
  } else if (!trim(line).empty()) {
    settings.unknown.emplace_back(line, "");
  }
}

// Draw Things writes "-blurry" where others write "Negative prompt: blurry", and other settings.
bool is_of_draw_things(std::string_view line) {
  const auto pairs = split_settings(line);
  const auto has = [&](std::string_view key) {
    return std::ranges::any_of(pairs, [&](const auto& pair) { return pair.first == key; });
  };
  return has("Guidance Scale") && has("Seed Mode");
}

void read_prompts(std::span<const std::string_view> lines, std::string_view negative_mark,
                  GenerationRequest& request) {
  std::string* into = nullptr;
  for (std::string_view line : lines) {
    const bool negative_begins =
        into != &request.negative_prompt && line.starts_with(negative_mark);
    if (negative_begins) {
      line.remove_prefix(negative_mark.size());
      if (line.starts_with(' ')) line.remove_prefix(1);
    }
    if (negative_begins || into == nullptr) {
      into = negative_begins ? &request.negative_prompt : &request.prompt;
    } else {
      *into += '\n';
    }
    *into += line;
  }
}

}  // namespace

std::string a1111_parameters(const GenerationRequest& request, const GeneratedImage& picture) {
  std::string text = writable(request.prompt);
  if (!request.negative_prompt.empty()) {
    text += "\n" + std::string(kNegativeMark) + " " + writable(request.negative_prompt);
  }
  text += "\nSteps: " + std::to_string(request.steps) +
          ", Sampler: Euler, CFG scale: " + number_text(tidy(request.guidance_scale + 1)) +
          ", Seed: " + std::to_string(picture.seed) + ", Size: " + std::to_string(request.width) +
          "x" + std::to_string(request.height);
  const auto add = [&text](const char* key, const std::string& value) {
    if (!value.empty()) text += ", " + std::string(key) + ": " + quote_if_needed(value);
  };
  add("Model hash", short_hash(picture.run_record, "transformer"));
  add("Model", writable(picture.run_record.model));
  add("VAE hash", short_hash(picture.run_record, "vae"));
  if (request.init) {
    add("Denoising strength", number_text(request.strength));
    add("Init image", writable(request.init->file.name));
    if (request.init->repaint) add("Mask image", writable(request.init->mask_file.name));
  }
  if (request.variation) {
    const auto index = static_cast<std::uint64_t>(picture.index);
    add("Variation seed", std::to_string(request.variation->seed + index));
    add("Variation seed strength", number_text(request.variation->strength));
  }
  if (request.variety) {
    add("Seed variety", number_text(request.variety->strength) + " of " +
                            number_text(request.variety->percent) + "%");
  }
  if (request.seed_mode == SeedMode::kComposition) add("Seed mode", "composition");
  if (request.shift) add("Shift", number_text(*request.shift));
  if (request.cfg_normalization != 0) {
    add("CFG normalization", number_text(request.cfg_normalization));
  }
  if (request.cfg_truncation != 1) add("CFG truncation", number_text(request.cfg_truncation));
  std::string hashes;
  for (const UsedLora& lora : picture.loras) {
    hashes += (hashes.empty() ? "" : ", ") + writable(lora.name) + ": " + lora.hash;
  }
  add("Lora hashes", hashes);
  if (!picture.run_record.version.empty()) {
    add("Version", "Headroom " + writable(picture.run_record.version));
  }
  return text;
}

ReadSettings parse_a1111_parameters(const std::string& text) {
  if (!is_valid_utf8(text) || text.find('\0') != std::string::npos) {
    throw Error(ErrorKind::kInvalidRequest,
                "settings: this is not UTF-8 text, so it is not the parameters text of a picture; "
                "paste it as text");
  }
  const std::vector<std::string_view> lines = split_lines(text);
  std::size_t at = lines.size();
  while (at > 0 && !holds_settings(lines[at - 1])) --at;
  if (at == 0) {
    throw Error(
        ErrorKind::kInvalidRequest,
        "settings: no line holds settings such as \"Steps: 8, Seed: 1\", so this is not the "
        "parameters text of a picture; paste the whole text");
  }
  ReadSettings settings;
  settings.source = "parameters";
  settings.text = text;
  for (const auto& [key, value] : split_settings(lines[at - 1])) {
    if (!read_setting(key, value, settings)) settings.unknown.emplace_back(key, value);
  }
  for (std::size_t i = at; i < lines.size(); ++i) read_line_after(lines[i], settings);
  read_prompts(std::span(lines).first(at - 1),
               is_of_draw_things(lines[at - 1]) ? "-" : kNegativeMark, settings.request);
  take_prompts(settings);
  return settings;
}

}  // namespace headroom
