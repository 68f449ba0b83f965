#include "headroom/records/request_json.h"

#include "headroom/core/error.h"
#include "headroom/records/headroom_entry.h"

#include "foreign_object.h"
#include "settings_limits.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;

double read_real(const json& object, const char* key, RealRange range) {
  const json value = object.is_object() ? object.value(key, json()) : json();
  if (!value.is_number() || !(value.get<double>() >= range.low) ||
      !(value.get<double>() <= range.high)) {
    refuse_setting(key, value.dump(), allowed_text(range));
  }
  return value.get<double>();
}

InitImage::File read_file(const json& object) {
  const auto text = [&](const char* key) {
    const json value = object.is_object() ? object.value(key, json()) : json();
    if (!value.is_string()) refuse_setting(key, value.dump(), "a text in quotes");
    return value.get<std::string>();
  };
  InitImage::File file;
  file.name = text("file");
  file.sha256 = text("sha256");
  return file;
}

void read_start(const json& object, GenerationRequest& request) {
  if (!object.contains("init_image")) return;
  auto init = std::make_shared<InitImage>();
  init->file = read_file(object["init_image"]);
  if (object.contains("mask")) {
    init->repaint = GreyImage{};
    init->mask_file = read_file(object["mask"]);
  }
  request.strength = read_real(object, "strength", {0, 1});
  request.init = std::move(init);
}

}  // namespace

GenerationRequest read_request_json(const std::string& text) {
  const json object =
      is_shallow(text) ? json::parse(text, nullptr, /*allow_exceptions=*/false) : json();
  const json whole{{"request", object}};
  ReadSettings settings =
      parse_headroom_entry(whole.dump(-1, ' ', false, json::error_handler_t::replace));
  GenerationRequest request = std::move(settings.request);
  request.origin = std::move(settings.origin);
  read_start(object, request);
  if (object.contains("prompt_source") && object["prompt_source"].is_string()) {
    request.prompt_source = object["prompt_source"].get<std::string>();
  }
  if (object.contains("variation")) {
    const json& variation = object["variation"];
    const json seed = variation.is_object() ? variation.value("seed", json()) : json();
    if (!seed.is_number_unsigned()) refuse_setting("variation", variation.dump(), "a seed");
    request.variation = {seed.get<std::uint64_t>(), read_real(variation, "strength", {0, 1})};
  }
  if (object.contains("variety")) {
    const json& variety = object["variety"];
    request.variety = {read_real(variety, "strength", {0, kMaxVariety}),
                       read_real(variety, "percent", {0, 100})};
  }
  if (object.contains("seed_mode")) request.seed_mode = SeedMode::kComposition;
  return request;
}

}  // namespace headroom
