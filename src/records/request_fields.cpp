#include "request_fields.h"

#include "settings_limits.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;
using Request = GenerationRequest;

bool take(const json& value, std::string& text) {
  if (value.is_string()) text = value.get<std::string>();
  return value.is_string();
}

bool take(const json& value, int& number) {
  if (!value.is_number_integer()) return false;
  constexpr auto kLeast = std::int64_t{std::numeric_limits<int>::min()};
  constexpr auto kMost = std::int64_t{std::numeric_limits<int>::max()};
  const bool is_huge =
      value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(kMost);
  number = static_cast<int>(is_huge ? kMost : std::clamp(value.get<std::int64_t>(), kLeast, kMost));
  return true;
}

bool take(const json& value, double& number) {
  if (value.is_number()) number = value.get<double>();
  return value.is_number();
}

bool take(const json& value, std::uint64_t& number) {
  if (value.is_number_unsigned()) number = value.get<std::uint64_t>();
  return value.is_number_unsigned();
}

template <typename Value>
bool take(const json& value, std::optional<Value>& number) {
  Value found{};
  const bool is_null = value.is_null();
  if (!is_null && !take(value, found)) return false;
  number = is_null ? std::nullopt : std::optional<Value>(found);
  return true;
}

// The member `key` of an object; null when there is none.
const json& member(const json& object, const char* key) {
  static const json nothing;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : nothing;
}

json file_json(const InitImage::File& file) {
  return {{"file", file.name}, {"sha256", file.sha256}};
}

bool take(const json& value, InitImage::File& file) {
  if (!value.is_object()) return false;
  static_cast<void>(take(member(value, "file"), file.name));
  static_cast<void>(take(member(value, "sha256"), file.sha256));
  return true;
}

// A field that is one member of the request.
template <auto kMember>
void write_member(const Request& request, json& value) {
  value = request.*kMember;
}
template <auto kMember>
void write_optional(const Request& request, json& value) {
  if (request.*kMember) value = *(request.*kMember);
}
template <auto kMember>
bool read_member(const json& value, Request& request) {
  return take(value, request.*kMember);
}

template <typename Range, typename Number>
bool is_within(const Range& range, const Number& number) {
  return number >= range.low && number <= range.high;
}
template <typename Range, typename Number>
bool is_within(const Range& range, const std::optional<Number>& number) {
  return !number || is_within(range, *number);
}
template <auto kMember, const auto* kRange>
bool member_is_in_range(const Request& request) {
  return is_within(*kRange, request.*kMember);
}
template <const auto* kRange>
std::string allowed_range() {
  return allowed_text(*kRange);
}

bool always(const Request&) { return true; }
std::string an_object() { return "an object"; }

constexpr RealRange kShareRange{0, 1};
constexpr RealRange kVarietyRange{0, kMaxVariety};
constexpr RealRange kPercentRange{0, 100};

std::string text_allowed() {
  return "a text in quotes of at most " + std::to_string(kMaxPromptBytes) + " bytes";
}
template <auto kMember>
bool text_is_in_range(const Request& request) {
  return (request.*kMember).size() <= kMaxPromptBytes;
}
std::string seed_allowed() {
  return "a whole number from 0 to " + std::to_string(std::numeric_limits<std::uint64_t>::max()) +
         ", or null";
}

// Earlier versions took guidance below 0 as off.
bool read_guidance(const json& value, Request& request) {
  if (!take(value, request.guidance_scale)) return false;
  request.guidance_scale = std::max(request.guidance_scale, kMinGuidance);
  return true;
}

void write_start(const Request& request, json& value) {
  if (request.init) value = file_json(request.init->file);
}
bool read_start(const json& value, Request& request) {
  auto init = std::make_shared<InitImage>();
  if (!take(value, init->file)) return false;
  request.init = std::move(init);
  return true;
}

void write_mask(const Request& request, json& value) {
  if (request.init && request.init->repaint) value = file_json(request.init->mask_file);
}
bool read_mask(const json& value, Request& request) {
  if (!request.init) return value.is_object();
  auto init = std::make_shared<InitImage>(*request.init);
  init->repaint.emplace();
  if (!take(value, init->mask_file)) return false;
  request.init = std::move(init);
  return true;
}

void write_strength(const Request& request, json& value) {
  if (request.init) value = request.strength;
}
bool strength_is_in_range(const Request& request) {
  return is_within(kShareRange, request.strength) && request.strength > 0;
}

void write_variation(const Request& request, json& value) {
  if (const auto& v = request.variation) value = {{"seed", v->seed}, {"strength", v->strength}};
}
bool read_variation(const json& value, Request& request) {
  Variation found;
  if (!take(member(value, "seed"), found.seed) || !take(member(value, "strength"), found.strength))
    return false;
  request.variation = found;
  return true;
}
bool variation_is_in_range(const Request& request) {
  return !request.variation || is_within(kShareRange, request.variation->strength);
}
std::string variation_allowed() { return "a seed and a strength from 0 to 1"; }

void write_variety(const Request& request, json& value) {
  if (const auto& v = request.variety) value = {{"strength", v->strength}, {"percent", v->percent}};
}
bool read_variety(const json& value, Request& request) {
  Variety found;
  if (!take(member(value, "strength"), found.strength) ||
      !take(member(value, "percent"), found.percent))
    return false;
  request.variety = found;
  return true;
}
bool variety_is_in_range(const Request& request) {
  return !request.variety || (is_within(kVarietyRange, request.variety->strength) &&
                              is_within(kPercentRange, request.variety->percent));
}
std::string variety_allowed() {
  return "a strength from 0 to " + number_text(kMaxVariety) + " and a percent from 0 to 100";
}

constexpr const char* kComposition = "composition";
void write_seed_mode(const Request& request, json& value) {
  if (request.seed_mode == SeedMode::kComposition) value = kComposition;
}
bool read_seed_mode(const json& value, Request& request) {
  std::string name;
  if (!take(value, name)) return false;
  request.seed_mode = name == kComposition ? SeedMode::kComposition : SeedMode::kPlain;
  return true;
}

void write_origin(const Request& request, json& value) {
  if (!request.origin) return;
  value = file_json(request.origin->file);
  value["how"] = request.origin->how;
}
bool read_origin(const json& value, Request& request) {
  Origin found;
  if (!take(value, found.file)) return false;
  static_cast<void>(take(member(value, "how"), found.how));
  request.origin = std::move(found);
  return true;
}

void write_source(const Request& request, json& value) {
  if (!request.prompt_source.empty()) value = request.prompt_source;
}

template <auto kMember>
constexpr RequestField text_field(std::string_view key) {
  return {key, write_member<kMember>, read_member<kMember>, text_is_in_range<kMember>, text_allowed,
          true};
}
template <auto kMember, const auto* kRange>
constexpr RequestField number_field(std::string_view key) {
  return {key,
          write_member<kMember>,
          read_member<kMember>,
          member_is_in_range<kMember, kRange>,
          allowed_range<kRange>,
          true};
}

constexpr RequestField kFields[] = {
    text_field<&Request::prompt>("prompt"),
    text_field<&Request::negative_prompt>("negative_prompt"),
    number_field<&Request::width, &kSideRange_px>("width"),
    number_field<&Request::height, &kSideRange_px>("height"),
    number_field<&Request::steps, &kStepsRange>("steps"),
    {"guidance", write_member<&Request::guidance_scale>, read_guidance,
     member_is_in_range<&Request::guidance_scale, &kGuidanceRange>, allowed_range<&kGuidanceRange>,
     true},
    number_field<&Request::cfg_normalization, &kCfgNormalizationRange>("cfg_normalization"),
    number_field<&Request::cfg_truncation, &kCfgTruncationRange>("cfg_truncation"),
    {"shift", write_optional<&Request::shift>, read_member<&Request::shift>,
     member_is_in_range<&Request::shift, &kShiftRange>, allowed_range<&kShiftRange>, true},
    {"seed", write_optional<&Request::seed>, read_member<&Request::seed>, always, seed_allowed,
     true},
    number_field<&Request::count, &kCountRange>("count"),
    {"prompt_source", write_source, read_member<&Request::prompt_source>,
     text_is_in_range<&Request::prompt_source>, text_allowed},
    {"variation", write_variation, read_variation, variation_is_in_range, variation_allowed},
    {"variety", write_variety, read_variety, variety_is_in_range, variety_allowed},
    {"seed_mode", write_seed_mode, read_seed_mode, always, [] { return std::string("a name"); }},
    {"init_image", write_start, read_start, always, an_object},
    {"mask", write_mask, read_mask, always, an_object},
    {"strength", write_strength, read_member<&Request::strength>, strength_is_in_range,
     allowed_range<&kShareRange>},
    {"origin", write_origin, read_origin, always, an_object},
};

}  // namespace

std::span<const RequestField> request_fields() { return kFields; }

const RequestField* find_request_field(std::string_view key) {
  const auto* const found = std::ranges::find(kFields, key, &RequestField::key);
  return found == std::end(kFields) ? nullptr : found;
}

void read_strictly(const RequestField& field, const json& value, GenerationRequest& request) {
  if (field.read(value, request) && field.is_in_range(request)) return;
  refuse_setting(field.key, value.dump(-1, ' ', false, json::error_handler_t::replace),
                 field.allowed());
}

void read_if_good(const RequestField& field, const json& object, GenerationRequest& request) {
  if (!object.is_object() || !object.contains(field.key)) return;
  GenerationRequest changed = request;
  if (field.read(object.at(std::string(field.key)), changed) && field.is_in_range(changed))
    request = std::move(changed);
}

}  // namespace headroom
