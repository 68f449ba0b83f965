#include "comfy_graph.h"

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;

constexpr int kMostLinks = 16;  // a graph may lead in a circle

const json* inputs_of(const json& node) {
  if (!node.is_object()) return nullptr;
  const auto inputs = node.find("inputs");
  return inputs != node.end() && inputs->is_object() ? &*inputs : nullptr;
}

const json* input(const json& node, const char* name) {
  const json* const inputs = inputs_of(node);
  if (inputs == nullptr) return nullptr;
  const auto value = inputs->find(name);
  return value != inputs->end() ? &*value : nullptr;
}

// The node that a link such as ["6", 0] names.
const json* linked(const json& graph, const json* link) {
  if (link == nullptr || !link->is_array() || link->empty() || !link->front().is_string()) {
    return nullptr;
  }
  const auto node = graph.find(link->front().get<std::string>());
  return node != graph.end() ? &*node : nullptr;
}

// The first plain value among the inputs `names`, following links of those names and, where a node
// has none of them, its conditioning.
const json* find_value(const json& graph, const json* node,
                       std::initializer_list<const char*> names, int links = 0) {
  if (node == nullptr || links == kMostLinks) return nullptr;
  for (const char* const name : names) {
    const json* const value = input(*node, name);
    if (value == nullptr) continue;
    if (!value->is_array()) return value;
    if (const json* const found =
            find_value(graph, linked(graph, value),
                       {"text", "string", "value", "prompt", "noise_seed"}, links + 1)) {
      return found;
    }
  }
  for (const char* const name : {"conditioning", "positive", "guider", "samples"}) {
    if (const json* const found =
            find_value(graph, linked(graph, input(*node, name)), names, links + 1)) {
      return found;
    }
  }
  return nullptr;
}

bool is_sampler(const json& node) {
  if (!node.is_object() || !node.contains("class_type") || !node["class_type"].is_string()) {
    return false;
  }
  return node["class_type"].get<std::string>().find("Sampler") != std::string::npos &&
         (input(node, "positive") != nullptr || input(node, "guider") != nullptr);
}

}  // namespace

bool is_comfy_graph(const json& object) {
  for (const auto& [key, node] : object.items()) {
    if (node.is_object() && node.contains("class_type") && inputs_of(node) != nullptr) return true;
  }
  return false;
}

json comfy_settings(const json& graph) {
  json settings = json::object();
  const auto set = [&settings](const char* key, const json* value) {
    if (value != nullptr && !value->is_array() && !value->is_object()) settings[key] = *value;
  };
  for (const auto& [key, node] : graph.items()) {
    if (!is_sampler(node)) continue;
    // Advanced samplers have nodes of their own for noise, steps and guidance.
    const json* const guider = linked(graph, input(node, "guider"));
    const json& guides = guider != nullptr ? *guider : node;
    const json* const plan = linked(graph, input(node, "sigmas"));
    const json* const positive = input(guides, "positive") != nullptr
                                     ? input(guides, "positive")
                                     : input(guides, "conditioning");
    set("prompt", find_value(graph, linked(graph, positive), {"text", "prompt"}));
    set("negative_prompt",
        find_value(graph, linked(graph, input(guides, "negative")), {"text", "prompt"}));
    set("seed", find_value(graph, &node, {"seed", "noise_seed", "noise"}));
    set("steps", find_value(graph, plan != nullptr ? plan : &node, {"steps"}));
    set("cfg", find_value(graph, &guides, {"cfg"}));
    const json* const latent = linked(graph, input(node, "latent_image"));
    set("width", find_value(graph, latent, {"width"}));
    set("height", find_value(graph, latent, {"height"}));
    return settings;
  }
  return settings;
}

}  // namespace headroom
