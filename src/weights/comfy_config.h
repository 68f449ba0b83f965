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

// Of each module that has one, in a tensor `<module>.comfy_quant` or in the file's metadata. Both
// must agree; names in the metadata may lack the tensors' prefix. Throws Error{kModelFile}.
[[nodiscard]] std::map<std::string, ComfyConfig, std::less<>> read_comfy_configs(
    const TensorViews& tensors, const std::map<std::string, std::string>& metadata,
    const std::filesystem::path& file);

// "FILE: layer "m" FAULT; ..." with the way out of damaged files.
[[noreturn]] void fail_layer(const std::filesystem::path& file, std::string_view module,
                             const Message& fault);

// What follows the last dot of a tensor's name, and what precedes it.
struct TensorName {
  std::string_view module;
  std::string_view leaf;
};
[[nodiscard]] TensorName split_name(std::string_view name);

inline constexpr std::string_view kComfyQuantLeaf = "comfy_quant";

}  // namespace headroom
