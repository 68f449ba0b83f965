#pragma once
#include <nlohmann/json_fwd.hpp>

namespace headroom {

// ComfyUI's `prompt` entry: {"3": {"class_type": "KSampler", "inputs": {"seed": 5, ...}}, ...}.
[[nodiscard]] bool is_comfy_graph(const nlohmann::json& object);

// The inputs of the sampler that starts from noise, as an object with the keys prompt,
// negative_prompt, seed, steps, cfg, shift, width and height, as far as links lead to plain
// values, and also the graph's files, samplers and strengths, as "UNETLoader.unet_name".
[[nodiscard]] nlohmann::json comfy_settings(const nlohmann::json& graph);

}  // namespace headroom
