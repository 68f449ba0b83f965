#include "headroom/records/headroom_entry.h"

#include "headroom/core/error.h"
#include "headroom/records/read_settings.h"
#include "headroom/records/request_json.h"
#include "headroom/records/run_record_json.h"

#include "foreign_object.h"
#include "request_fields.h"
#include "settings_limits.h"

#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;

// A model folder's name need not be UTF-8, which must not spoil the other settings.
std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

void note_unknown(const std::string& key, const json& value, ReadSettings& settings) {
  settings.unknown.emplace_back(key, value.is_string() ? value.get<std::string>() : dump(value));
}

json object_in(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_object() ? *found : json::object();
}

std::string text_in(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Earlier versions took guidance below 0 as off; the value is shown as text.
bool meant_off(const json& guidance) {
  return guidance.is_number() && guidance.get<double>() < kMinGuidance;
}

void read_basic(const json& object, ReadSettings& settings) {
  for (const auto& item : object.items()) {
    const std::string& key = item.key();
    const RequestField* const field = find_request_field(key);
    const bool is_known = field != nullptr && field->is_basic;
    if (is_known) read_strictly(*field, item.value(), settings.request);
    if (key == "origin" || (is_known && !(key == "guidance" && meant_off(item.value())))) continue;
    note_unknown("request." + key, item.value(), settings);
  }
}

// What is damaged of these is left out.
void read_others(const json& whole, const json& object, ReadSettings& settings) {
  GenerationRequest request;
  for (const RequestField& field : request_fields()) {
    if (!field.is_basic) read_if_good(field, object, request);
  }
  if (request.init) {
    ReadSettings::Start start;
    start.picture = request.init->file;
    start.strength = request.strength;
    if (request.init->repaint) start.mask = request.init->mask_file;
    settings.start = std::move(start);
  }
  settings.variation = request.variation;
  if (settings.variation && whole.contains("variation_seed") &&
      whole["variation_seed"].is_number_unsigned())
    settings.variation->seed = whole["variation_seed"].get<std::uint64_t>();
  settings.variety = request.variety;
  settings.seed_mode = request.seed_mode;
  settings.origin = std::move(request.origin);
}

}  // namespace

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
  read_basic(object["request"], settings);
  read_others(object, object["request"], settings);
  settings.model = text_in(object_in(object, "receipt"), "model");
  for (const auto& item : object.items()) {
    if (item.key() == "seed") {
      read_strictly(*find_request_field("seed"), item.value(), settings.request);
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
