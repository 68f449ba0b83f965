#include "headroom/records/upscale_json.h"

#include "headroom/records/run_record_json.h"

#include <tuple>

#include <nlohmann/json.hpp>

namespace headroom {

using nlohmann::json;

std::string upscale_json(const UpscaleRecord& record) {
  nlohmann::ordered_json out{{"from", {{"file", record.file}, {"sha256", record.sha256}}},
                             {"model", record.model},
                             {"scale", record.scale}};
  if (record.denoise) out["denoise"] = *record.denoise;
  out["version"] = record.version;
  if (record.run) {
    out["plan"] = to_json(record.run->plan);
    out["receipt"] = to_json(*record.run);
  }
  // Names of files need not be UTF-8.
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<UpscaleRecord> parse_upscale_json(const std::string& text) {
  const json whole = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!whole.is_object() || !whole.contains("from") || !whole["from"].is_object()) {
    return std::nullopt;
  }
  const auto text_of = [](const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto scale = whole.find("scale");
  if (scale == whole.end() || !scale->is_number_integer()) return std::nullopt;
  UpscaleRecord record{text_of(whole["from"], "file"),
                       text_of(whole["from"], "sha256"),
                       text_of(whole, "model"),
                       0,
                       std::nullopt,
                       text_of(whole, "version"),
                       read_run_record_beside_plan(whole)};
  constexpr int kMost = 64;
  const auto value = scale->get<std::int64_t>();
  if (value < 1 || value > kMost) return std::nullopt;
  record.scale = static_cast<int>(value);
  const auto denoise = whole.find("denoise");
  if (denoise != whole.end() && denoise->is_number()) record.denoise = denoise->get<double>();
  return record;
}

bool is_same_upscale(const UpscaleRecord& a, const UpscaleRecord& b) {
  const auto what = [](const UpscaleRecord& r) {
    return std::tie(r.sha256, r.model, r.scale, r.denoise);
  };
  return what(a) == what(b);
}

}  // namespace headroom
