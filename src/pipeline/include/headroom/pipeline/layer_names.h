#pragma once
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace headroom {

// The name of a tensor in a main layer, split: "layers.7.attention.to_q.weight" is
// "attention.to_q.weight" in layer 7.
struct LayerName {
  int layer = 0;
  std::string_view within;  // a view of the name that was split
};
// Nothing for tensors outside of the main layers.
[[nodiscard]] inline std::optional<LayerName> layer_name(std::string_view tensor) {
  constexpr std::string_view kLayers = "layers.";
  if (!tensor.starts_with(kLayers)) return std::nullopt;
  const std::string_view rest = tensor.substr(kLayers.size());
  const std::size_t dot = rest.find('.');
  LayerName name;
  if (dot == std::string_view::npos) return std::nullopt;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + dot, name.layer);
  if (error != std::errc() || end != rest.data() + dot) return std::nullopt;
  name.within = rest.substr(dot + 1);
  return name;
}
[[nodiscard]] inline std::string tensor_name(int layer, std::string_view within) {
  return "layers." + std::to_string(layer) + "." + std::string(within);
}

}  // namespace headroom
