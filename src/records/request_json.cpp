#include "headroom/records/request_json.h"

#include "foreign_object.h"
#include "request_fields.h"
#include "settings_limits.h"

#include <nlohmann/json.hpp>

namespace headroom {

using nlohmann::json;

json to_json(const GenerationRequest& request) {
  json object = json::object();
  for (const RequestField& field : request_fields()) {
    json value;
    field.write(request, value);
    if (field.is_basic || !value.is_null()) object[std::string(field.key)] = std::move(value);
  }
  return object;
}

GenerationRequest read_request_json(const std::string& text) {
  const json object =
      is_shallow(text) ? json::parse(text, nullptr, /*allow_exceptions=*/false) : json();
  if (!object.is_object()) refuse_setting("request", text, "an object");
  GenerationRequest request;
  for (const RequestField& field : request_fields()) {
    const auto found = object.find(std::string(field.key));
    if (found != object.end()) read_strictly(field, *found, request);
  }
  return request;
}

GenerationRequest read_request_leniently(const json& object) {
  GenerationRequest request;
  if (!object.is_object()) return request;
  for (const RequestField& field : request_fields()) {
    const auto found = object.find(std::string(field.key));
    if (found != object.end()) static_cast<void>(field.read(*found, request));
  }
  return request;
}

json to_json(const std::vector<UsedLora>& loras) {
  json list = json::array();
  for (const UsedLora& lora : loras) {
    list.push_back({{"name", lora.name}, {"strength", lora.strength}, {"hash", lora.hash}});
  }
  return list;
}

}  // namespace headroom
