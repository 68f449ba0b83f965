#include "headroom/records/headroom_entry.h"

#include "headroom/core/error.h"
#include "headroom/records/read_settings.h"
#include "headroom/records/request_json.h"
#include "headroom/records/run_record_json.h"

#include "foreign_object.h"
#include "settings_limits.h"

#include <limits>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;

// A model folder's name need not be UTF-8, which must not spoil the other settings.
std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

int read_int(const std::string& key, const json& value, IntRange range) {
  // An unsigned number beyond int64 would wrap in get<>().
  const bool fits = value.is_number_integer() &&
                    (!value.is_number_unsigned() ||
                     value.get<std::uint64_t>() <= static_cast<std::uint64_t>(range.high));
  if (!fits || value.get<std::int64_t>() < range.low || value.get<std::int64_t>() > range.high) {
    refuse_setting(key, dump(value), allowed_text(range));
  }
  return value.get<int>();
}

double read_real(const std::string& key, const json& value, RealRange range) {
  if (!value.is_number() || !(value.get<double>() >= range.low) ||
      !(value.get<double>() <= range.high)) {
    refuse_setting(key, dump(value), allowed_text(range));
  }
  return value.get<double>();
}

std::string read_text(const std::string& key, const json& value) {
  if (!value.is_string()) refuse_setting(key, dump(value), "a text in quotes");
  const std::string text = value.get<std::string>();
  check_prompt_text(key, text);
  return text;
}

std::optional<std::uint64_t> read_seed(const std::string& key, const json& value) {
  if (value.is_null()) return std::nullopt;
  if (!value.is_number_unsigned()) {
    refuse_setting(key, dump(value),
                   "a whole number from 0 to " +
                       std::to_string(std::numeric_limits<std::uint64_t>::max()) + ", or null");
  }
  return value.get<std::uint64_t>();
}

void note_unknown(const std::string& key, const json& value, ReadSettings& settings) {
  settings.unknown.emplace_back(key, value.is_string() ? value.get<std::string>() : dump(value));
}

// These functions return nothing when the value has another type.
std::optional<double> real_in(const json& object, const char* key, RealRange range) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const auto value = found->get<double>();
  if (value >= range.low && value <= range.high) return value;
  return std::nullopt;
}

std::optional<std::uint64_t> seed_in(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

json object_in(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_object() ? *found : json::object();
}

std::string text_in(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<InitImage::File> read_file(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_object()) return std::nullopt;
  return InitImage::File{text_in(*found, "file"), text_in(*found, "sha256")};
}

void read_start(const json& request, ReadSettings& settings) {
  const auto picture = read_file(request, "init_image");
  if (!picture) return;
  ReadSettings::Start start;
  start.picture = *picture;
  start.mask = read_file(request, "mask");
  const auto strength = real_in(request, "strength", {0, 1});
  if (strength && *strength > 0) start.strength = *strength;
  settings.start = std::move(start);
}

// Reads how the noise was made.
void read_noise(const json& whole, const json& request, ReadSettings& settings) {
  const json variation = object_in(request, "variation");
  const auto seed = seed_in(variation, "seed");
  const auto turned = real_in(variation, "strength", {0, 1});
  if (seed && turned) {
    settings.variation = Variation{seed_in(whole, "variation_seed").value_or(*seed), *turned};
  }
  const json variety = object_in(request, "variety");
  const auto strength = real_in(variety, "strength", {0, kMaxVariety});
  const auto percent = real_in(variety, "percent", {0, 100});
  if (strength && percent) settings.variety = Variety{*strength, *percent};
  if (text_in(request, "seed_mode") == "composition") settings.seed_mode = SeedMode::kComposition;
}

// Earlier versions took guidance below 0 as off; the value is shown as text.
bool meant_off(const json& guidance) {
  return guidance.is_number() && guidance.get<double>() < kMinGuidance;
}

void read_request(const json& object, ReadSettings& settings) {
  GenerationRequest& request = settings.request;
  for (const auto& item : object.items()) {
    const std::string& key = item.key();
    const json& value = item.value();
    if (key == "prompt") {
      request.prompt = read_text(key, value);
    } else if (key == "negative_prompt") {
      request.negative_prompt = read_text(key, value);
    } else if (key == "width") {
      request.width = read_int(key, value, kSideRange_px);
    } else if (key == "height") {
      request.height = read_int(key, value, kSideRange_px);
    } else if (key == "steps") {
      request.steps = read_int(key, value, kStepsRange);
    } else if (key == "guidance" && !meant_off(value)) {
      request.guidance_scale = read_real(key, value, kGuidanceRange);
    } else if (key == "cfg_normalization") {
      request.cfg_normalization = read_real(key, value, kCfgNormalizationRange);
    } else if (key == "cfg_truncation") {
      request.cfg_truncation = read_real(key, value, kCfgTruncationRange);
    } else if (key == "shift") {
      request.shift.reset();
      if (!value.is_null()) request.shift = read_real(key, value, kShiftRange);
    } else if (key == "seed") {
      request.seed = read_seed(key, value);
    } else if (key == "count") {
      request.count = read_int(key, value, kCountRange);
    } else if (key != "origin") {
      note_unknown("request." + key, value, settings);
    }
  }
}

}  // namespace

json to_json(const GenerationRequest& request) {
  json object{{"prompt", request.prompt},
              {"negative_prompt", request.negative_prompt},
              {"width", request.width},
              {"height", request.height},
              {"steps", request.steps},
              {"guidance", request.guidance_scale},
              {"cfg_normalization", request.cfg_normalization},
              {"cfg_truncation", request.cfg_truncation},
              {"shift", nullptr},
              {"seed", nullptr},
              {"count", request.count}};
  if (request.init) {
    const auto file = [](const InitImage::File& f) {
      return json{{"file", f.name}, {"sha256", f.sha256}};
    };
    object["init_image"] = file(request.init->file);
    object["strength"] = request.strength;
    if (request.init->repaint) object["mask"] = file(request.init->mask_file);
  }
  if (request.origin) {
    object["origin"] = {{"file", request.origin->file.name},
                        {"sha256", request.origin->file.sha256},
                        {"how", request.origin->how}};
  }
  if (!request.prompt_source.empty()) object["prompt_source"] = request.prompt_source;
  if (request.variation) {
    object["variation"] = {{"seed", request.variation->seed},
                           {"strength", request.variation->strength}};
  }
  if (request.variety) {
    object["variety"] = {{"strength", request.variety->strength},
                         {"percent", request.variety->percent}};
  }
  if (request.seed_mode == SeedMode::kComposition) object["seed_mode"] = "composition";
  if (request.shift) object["shift"] = *request.shift;
  if (request.seed) object["seed"] = *request.seed;
  return object;
}

json to_json(const std::vector<UsedLora>& loras) {
  json list = json::array();
  for (const UsedLora& lora : loras) {
    list.push_back({{"name", lora.name}, {"strength", lora.strength}, {"hash", lora.hash}});
  }
  return list;
}

std::string headroom_entry(const GenerationRequest& request, const GeneratedImage& picture) {
  json whole{{"seed", picture.seed},
             {"request", to_json(request)},
             {"plan", to_json(picture.run_record.plan)},
             {"receipt", to_json(picture.run_record)}};
  if (request.variation) {
    whole["variation_seed"] = request.variation->seed + static_cast<std::uint64_t>(picture.index);
  }
  if (!picture.loras.empty()) whole["loras"] = to_json(picture.loras);
  return dump(whole);
}

ReadSettings parse_headroom_entry(const std::string& text) {
  const json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded()) {
    throw Error(ErrorKind::kInvalidRequest,
                "settings: this is not valid JSON, so the picture's settings are damaged; use "
                "another copy of the picture");
  }
  if (!is_shallow(text)) {
    throw Error(ErrorKind::kInvalidRequest,
                "settings: this nests deeper than a picture's settings do, so it is not by this "
                "program; use another picture");
  }
  if (!object.is_object() || !object.contains("request") || !object["request"].is_object()) {
    throw Error(ErrorKind::kInvalidRequest,
                "settings: \"request\" is missing or not an object, so this is not a picture's "
                "settings; use a picture made by this program");
  }
  ReadSettings settings;
  settings.source = "headroom";
  read_request(object["request"], settings);
  read_start(object["request"], settings);
  read_noise(object, object["request"], settings);
  if (auto origin = read_file(object["request"], "origin")) {
    settings.origin = Origin{*std::move(origin), text_in(object["request"]["origin"], "how")};
  }
  settings.model = text_in(object_in(object, "receipt"), "model");
  for (const auto& item : object.items()) {
    if (item.key() == "seed") {
      settings.request.seed = read_seed(item.key(), item.value());
    } else if (item.key() == "plan" || item.key() == "receipt") {
      if (!item.value().is_object()) refuse_setting(item.key(), dump(item.value()), "an object");
    } else if (item.key() == "loras") {
      if (!item.value().is_array()) refuse_setting(item.key(), dump(item.value()), "a list");
    } else if (item.key() != "request") {
      note_unknown(item.key(), item.value(), settings);
    }
  }
  return settings;
}

}  // namespace headroom
