#include "comfy_config.h"

#include "headroom/weights/config_file.h"
#include "headroom/weights/model_file_error.h"

#include <array>
#include <bit>
#include <cstdint>

namespace headroom {
namespace {

constexpr std::size_t kMaxConfigBytes = 64 * 1024;
constexpr const char* kHeaderKey = "_quantization_metadata";
constexpr std::int64_t kUsualGroup = 256;
constexpr std::int64_t kLargestGroup = 1024;
constexpr std::array<std::string_view, 5> kFormats{"int8_tensorwise", "float8_e4m3fn",
                                                   "float8_e5m2", "nvfp4", "mxfp8"};
// Prefixes that names in the metadata may omit.
constexpr std::array<std::string_view, 8> kPrefixes{"",
                                                    "model.diffusion_model.",
                                                    "diffusion_model.",
                                                    "transformer.",
                                                    "text_encoders.qwen3_4b.transformer.",
                                                    "qwen3_4b.transformer.",
                                                    "text_encoder.",
                                                    "model."};

Message layer(std::string_view module) { return say("layer {0}", in_quotes(module)); }

// A field may be at the top or inside `params`; if it is in both, they must agree.
const nlohmann::json* field(const nlohmann::json& config, const char* key,
                            const std::filesystem::path& file, std::string_view module) {
  const auto get = [key](const nlohmann::json& object) -> const nlohmann::json* {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  };
  const nlohmann::json* const top = get(config);
  const auto params = config.find("params");
  if (params == config.end() || params->is_null()) return top;
  if (!params->is_object()) fail_layer(file, module, say("has params that are not an object"));
  const nlohmann::json* const nested = get(*params);
  if (top != nullptr && nested != nullptr && *top != *nested) {
    fail_layer(file, module, say("contradicts itself about {0}", key));
  }
  return top != nullptr ? top : nested;
}

int rotation_group(const nlohmann::json& config, const std::filesystem::path& file,
                   std::string_view module) {
  const nlohmann::json* const rotated = field(config, "convrot", file, module);
  if (rotated == nullptr) return 0;
  if (!rotated->is_boolean())
    fail_layer(file, module, say("has a convrot that is not true or false"));
  if (!rotated->get<bool>()) return 0;
  const nlohmann::json* const group = field(config, "convrot_groupsize", file, module);
  if (group == nullptr) return static_cast<int>(kUsualGroup);
  // Integers that do not fit 63 bits are negative or too large, so they become 0 and are refused.
  const std::int64_t size = group->is_number_integer() ? group->get<std::int64_t>() : 0;
  const bool power_of_four = size >= 4 && size <= kLargestGroup &&
                             std::has_single_bit(static_cast<std::uint64_t>(size)) &&
                             std::countr_zero(static_cast<std::uint64_t>(size)) % 2 == 0;
  if (!power_of_four) {
    fail_layer(file, module,
               say("is rotated in groups of {0}, where 4, 16, 64, 256 and 1024 are possible",
                   shown(*group)));
  }
  return static_cast<int>(size);
}

ComfyConfig read_config(const nlohmann::json& config, const std::filesystem::path& file,
                        std::string_view module) {
  const auto format = config.find("format");
  if (format == config.end() || !format->is_string()) {
    fail_layer(file, module, say("has a configuration that names no format"));
  }
  ComfyConfig result{format->get<std::string>(), 0};
  for (const std::string_view known : kFormats) {
    if (result.format != known) continue;
    result.rotation_group = rotation_group(config, file, module);
    if (result.rotation_group != 0 && result.format != "int8_tensorwise") {
      fail_layer(file, module,
                 say("is rotated and stored as {0}, but only int8_tensorwise can be rotated",
                     printable(result.format)));
    }
    return result;
  }
  fail_model_file(file, say("{0} is stored as {1}, which cannot be read here; choose a file in "
                            "int8_tensorwise, float8_e4m3fn, nvfp4, mxfp8 or BF16",
                            layer(module), in_quotes(result.format)));
}

// The module of the tensors that is called `name` in the metadata.
std::string resolve(const TensorViews& tensors, const std::string& name,
                    const std::filesystem::path& file) {
  for (const std::string_view prefix : kPrefixes) {
    std::string module = std::string(prefix) + name;
    if (tensors.contains(module + ".weight")) return module;
  }
  fail_layer(file, name, say("has a configuration in the header, but no weight"));
}

}  // namespace

void fail_layer(const std::filesystem::path& file, std::string_view module, const Message& fault) {
  fail_model_file(file, say("{0}; the file is damaged or not as ComfyUI writes it, so download it "
                            "again or choose another one",
                            fault_of(layer(module), fault)));
}

TensorName split_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return {{}, name};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

std::map<std::string, ComfyConfig, std::less<>> read_comfy_configs(
    const TensorViews& tensors, const std::map<std::string, std::string>& metadata,
    const std::filesystem::path& file) {
  std::map<std::string, ComfyConfig, std::less<>> configs;
  for (const auto& [name, view] : tensors) {
    const TensorName split = split_name(name);
    if (split.leaf != kComfyQuantLeaf) continue;
    if (view.dtype != DType::kU8 || view.data.size() > kMaxConfigBytes) {
      fail_layer(file, split.module, say("has a comfy_quant that is not a short text in U8"));
    }
    const std::string_view text(reinterpret_cast<const char*>(view.data.data()), view.data.size());
    const nlohmann::json config =
        parse_json_object(text, file, say("the configuration of {0}", layer(split.module)));
    configs.emplace(split.module, read_config(config, file, split.module));
  }
  const auto header = metadata.find(kHeaderKey);
  if (header == metadata.end()) return configs;
  const nlohmann::json json =
      parse_json_object(header->second, file, say("the metadata {0}", kHeaderKey));
  const auto layers = json.find("layers");
  if (layers == json.end() || !layers->is_object()) {
    fail_model_file(file, say("the metadata {0} has no layers; the file is damaged, so download it "
                              "again",
                              kHeaderKey));
  }
  for (const auto& [name, config] : layers->items()) {
    const std::string module = resolve(tensors, name, file);
    if (!config.is_object())
      fail_layer(file, module, say("has a configuration that is not an object"));
    const ComfyConfig read = read_config(config, file, module);
    const auto [entry, is_new] = configs.emplace(module, read);
    if (!is_new && entry->second != read) {
      fail_layer(file, module, say("is described in two ways that contradict each other"));
    }
  }
  return configs;
}

}  // namespace headroom
