#include "lora_scales.h"

#include "headroom/weights/model_file_error.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;

constexpr const char* kEntry = "lora_adapter_metadata";

[[noreturn]] void refuse(const std::filesystem::path& path) {
  fail_model_file(path, say("the metadata {0} cannot be read; the file is damaged, so download it "
                            "again",
                            kEntry));
}

double number(const std::filesystem::path& path, const json& value) {
  if (!value.is_number() || !std::isfinite(value.get<double>())) refuse(path);
  return value.get<double>();
}

}  // namespace

LoraScales::LoraScales(const std::filesystem::path& path,
                       const std::map<std::string, std::string>& metadata) {
  const auto entry = metadata.find(kEntry);
  if (entry == metadata.end()) return;
  const json config = json::parse(entry->second, nullptr, /*allow_exceptions=*/false);
  if (!config.is_object()) refuse(path);
  for (const auto& item : config.items()) {
    const json& value = item.value();
    if (item.key() == "transformer.lora_alpha" && !value.is_null()) alpha_ = number(path, value);
    if (item.key() == "transformer.use_rslora") by_root_ = value == json(true);
    if (item.key() != "transformer.alpha_pattern" || value.is_null()) continue;
    if (!value.is_object()) refuse(path);
    for (const auto& pattern : value.items()) {
      patterns_[pattern.key()] = number(path, pattern.value());
    }
  }
}

double LoraScales::of(std::string_view module, double rank) const {
  std::optional<double> alpha = alpha_;
  for (const auto& [end, value] : patterns_) {
    if (module == end || module.ends_with("." + end)) alpha = value;
  }
  if (!alpha) return 1.0;
  return *alpha / (by_root_ ? std::sqrt(rank) : rank);
}

}  // namespace headroom
