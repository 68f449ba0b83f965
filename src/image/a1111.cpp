// The `parameters` text as AUTOMATIC1111's web UI and its relatives write it.
#include "headroom/core/error.h"
#include "headroom/core/size.h"
#include "headroom/image/settings.h"

#include "settings_limits.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;

constexpr std::string_view kNegativeMark = "Negative prompt:";

// CFG scales are decimal fractions that people type; this keeps 0.1 + 1 - 1 at 0.1.
double tidy(double value) { return std::round(value * 1e9) / 1e9; }

// PNG text holds no zero bytes, and a folder's name need not be UTF-8.
std::string printable(std::string text) {
  for (char& c : text) {
    if (c == '\0') c = ' ';
  }
  if (is_valid_utf8(text)) return text;
  const std::string quoted = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(quoted).get<std::string>();
}

// As there: a value that would end early is written as a JSON string.
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
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

// Takes one value off `rest`, up to and with the comma that ends it.
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
  const std::size_t comma = rest.find(',');
  const std::string value(trim(rest.substr(0, comma)));
  rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  return value;
}

// "Steps: 8, Model: \"a, b\"" as pairs. What has no colon becomes a key without a value.
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
Number read_number(const std::string& key, const std::string& value, Range range) {
  Number number{};
  const char* const end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !(number >= range.low) ||
      !(number <= range.high)) {
    refuse_setting(key, value, allowed_text(range));
  }
  return number;
}

std::optional<std::uint64_t> read_seed(const std::string& key, const std::string& value) {
  if (value == "-1") return std::nullopt;  // the format's word for "choose one"
  std::uint64_t seed = 0;
  const char* const end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, seed);
  if (read.ec != std::errc() || read.ptr != end) {
    refuse_setting(key, value, "a whole number from 0 to 18446744073709551615");
  }
  return seed;
}

void read_size(const std::string& key, const std::string& value, GenerationRequest& request) {
  const auto size = parse_size(value);
  const auto fits = [](int px) { return px >= kSideRange_px.low && px <= kSideRange_px.high; };
  if (!size || !fits(size->width) || !fits(size->height)) {
    refuse_setting(key, value, "WIDTHxHEIGHT, each " + allowed_text(kSideRange_px));
  }
  request.width = size->width;
  request.height = size->height;
}

void read_setting(const std::string& key, const std::string& value, ReadSettings& settings) {
  GenerationRequest& request = settings.request;
  if (key == "Steps") {
    request.steps = static_cast<int>(read_number<std::int64_t>(key, value, kStepsRange));
  } else if (key == "CFG scale") {
    constexpr RealRange kScale{kGuidanceRange.low + 1, kGuidanceRange.high + 1};
    request.guidance_scale = tidy(read_number<double>(key, value, kScale) - 1);
  } else if (key == "Seed") {
    request.seed = read_seed(key, value);
  } else if (key == "Size") {
    read_size(key, value, request);
  } else if (key == "Shift") {
    request.shift = read_number<double>(key, value, kShiftRange);
  } else if (key == "CFG normalization") {
    request.cfg_normalization = read_number<double>(key, value, kCfgNormalizationRange);
  } else if (key == "CFG truncation") {
    request.cfg_truncation = read_number<double>(key, value, kCfgTruncationRange);
  } else {
    settings.unknown.emplace_back(key, value);
  }
}

void read_prompts(const std::vector<std::string_view>& lines, GenerationRequest& request) {
  std::string* into = nullptr;
  for (std::string_view line : lines) {
    const bool negative_begins =
        into != &request.negative_prompt && line.starts_with(kNegativeMark);
    if (negative_begins) {
      line.remove_prefix(kNegativeMark.size());
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
  std::string text = printable(request.prompt);
  if (!request.negative_prompt.empty()) {
    text += "\n" + std::string(kNegativeMark) + " " + printable(request.negative_prompt);
  }
  text += "\nSteps: " + std::to_string(request.steps) +
          ", Sampler: Euler, CFG scale: " + number_text(tidy(request.guidance_scale + 1)) +
          ", Seed: " + std::to_string(picture.seed) + ", Size: " + std::to_string(request.width) +
          "x" + std::to_string(request.height);
  const auto add = [&text](const char* key, const std::string& value) {
    if (!value.empty()) text += ", " + std::string(key) + ": " + quote_if_needed(value);
  };
  add("Model", printable(picture.receipt.model));
  if (request.shift) add("Shift", number_text(*request.shift));
  if (request.cfg_normalization != 0) {
    add("CFG normalization", number_text(request.cfg_normalization));
  }
  if (request.cfg_truncation != 1) add("CFG truncation", number_text(request.cfg_truncation));
  if (!picture.receipt.version.empty()) {
    add("Version", "Headroom " + printable(picture.receipt.version));
  }
  return text;
}

ReadSettings parse_a1111_parameters(const std::string& text) {
  if (!is_valid_utf8(text) || text.find('\0') != std::string::npos) {
    throw Error(ErrorKind::kInvalidRequest,
                "settings: this is not UTF-8 text, so it is not the parameters text of a picture; "
                "paste it as text");
  }
  std::vector<std::string_view> lines = split_lines(text);
  while (!lines.empty() && trim(lines.back()).empty()) lines.pop_back();
  if (lines.empty() || !trim(lines.back()).starts_with("Steps:")) {
    throw Error(ErrorKind::kInvalidRequest,
                "settings: the last line does not begin with \"Steps:\", so this is not the "
                "parameters text of a picture; paste the whole text");
  }
  ReadSettings settings;
  settings.source = "parameters";
  for (const auto& [key, value] : split_settings(lines.back())) read_setting(key, value, settings);
  lines.pop_back();
  read_prompts(lines, settings.request);
  check_prompt_text("prompt", settings.request.prompt);
  check_prompt_text("negative_prompt", settings.request.negative_prompt);
  return settings;
}

}  // namespace headroom
