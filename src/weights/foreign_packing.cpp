#include "foreign_packing.h"

#include <algorithm>
#include <array>

namespace headroom {
namespace {

bool any_ends(std::span<const std::string_view> names, std::string_view ending) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return name.ends_with(ending); });
}

bool any_has(std::span<const std::string_view> names, std::string_view part) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
    return name.find(part) != std::string_view::npos;
  });
}

}  // namespace

Message foreign_packing(std::span<const std::string_view> names,
                        const std::map<std::string, std::string>& metadata) {
  const auto model_class = metadata.find("model_class");
  const bool nunchaku =
      model_class != metadata.end() && model_class->second.starts_with("Nunchaku");
  if (nunchaku || any_ends(names, ".smooth_factor") || any_ends(names, ".wscales")) {
    return say("nunchaku's SVDQuant");
  }
  if (metadata.contains("mflux_version") ||
      (any_ends(names, ".scales") && any_ends(names, ".biases"))) {
    return "MLX";
  }
  if (any_has(names, ".quant_state.") || any_ends(names, ".SCB") || any_ends(names, ".absmax")) {
    return "bitsandbytes";
  }
  if (any_ends(names, ".qweight") || any_ends(names, ".qzeros")) return say("GPTQ or AWQ");
  if (any_ends(names, ".W_q")) return "HQQ";
  if (any_ends(names, ".weight_packed")) return "compressed-tensors";
  if (any_ends(names, ".weight_scale_inv")) {
    return say("the block-wise fp8 of transformers (weight_scale_inv)");
  }
  return {};
}

Message foreign_packing_refusal(const Message& packing) {
  return say(
      "the weights are packed by {0}, which cannot be read here; choose the model in BF16, in "
      "ComfyUI's fp8 or int8, or as GGUF",
      packing);
}

}  // namespace headroom
