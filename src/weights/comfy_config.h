#pragma once
#include "headroom/core/message.h"
#include "headroom/weights/stored_tensors.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace headroom {

// What ComfyUI's configuration says about one quantised module.
struct ComfyConfig {
  std::string format;
  int rotation_group = 0;  // 0: not rotated
  bool operator==(const ComfyConfig&) const = default;
};

// The configuration of each module that has one, from a tensor `<module>.comfy_quant` or the
// file's metadata. If both exist they must agree; names in the metadata may omit the tensors'
// prefix. Throws Error{kModelFile}.
[[nodiscard]] std::map<std::string, ComfyConfig, std::less<>> read_comfy_configs(
    const TensorViews& tensors, const std::map<std::string, std::string>& metadata,
    const std::filesystem::path& file);

// Throws Error{kModelFile} "FILE: layer "m" FAULT; ..." with the way out for damaged files.
[[noreturn]] void fail_layer(const std::filesystem::path& file, std::string_view module,
                             const Message& fault);

// A tensor's name split at its last dot.
struct TensorName {
  std::string_view module;
  std::string_view leaf;
};
[[nodiscard]] TensorName split_name(std::string_view name);

inline constexpr std::string_view kComfyQuantLeaf = "comfy_quant";

}  // namespace headroom
