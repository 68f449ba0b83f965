#include "comfy_graph.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;
using Names = std::initializer_list<const char*>;

constexpr int kMaxLinks = 16;  // a graph may contain a cycle
constexpr Names kToLatents{"latent_image", "samples", "latent", "pixels", "image", "images"};
constexpr Names kOfOneValue{"value", "seed", "noise_seed", "int", "float", "number"};
// Inputs of nodes that join texts.
constexpr std::array<std::array<const char*, 4>, 4> kPieces{
    {{"string_a", "string_b"},
     {"string1", "string2"},
     {"text_a", "text_b", "text_c", "text_d"},
     {"text1", "text2", "text3", "text4"}}};

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

std::string class_of(const json& node) {
  const auto name = node.find("class_type");
  return name != node.end() && name->is_string() ? name->get<std::string>() : std::string();
}

// The node that a link such as ["6", 0] names.
const json* linked(const json& graph, const json* link) {
  if (link == nullptr || !link->is_array() || link->empty() || !link->front().is_string()) {
    return nullptr;
  }
  const auto node = graph.find(link->front().get<std::string>());
  return node != graph.end() ? &*node : nullptr;
}

// The node that the first linked one of the inputs `names` leads to.
const json* linked(const json& graph, const json& node, Names names) {
  for (const char* const name : names) {
    if (const json* const next = linked(graph, input(node, name))) return next;
  }
  return nullptr;
}

// Follows links from a sampler to the words of its positive or negative prompt.
class Words {
 public:
  Words(const json& graph, const char* side) : graph_(graph), side_(side) {}

  // The text that `node`, which outputs conditioning or text, was given.
  [[nodiscard]] std::optional<std::string> of(const json* node, int links = 0) const {
    if (node == nullptr || links == kMaxLinks) return std::nullopt;
    // Made from a prompt, but its words no longer have an effect.
    if (class_of(*node).starts_with("ConditioningZeroOut")) return std::nullopt;
    if (auto joined = joined_pieces(*node, links)) return joined;
    for (const char* const name : {"text", "prompt", "string", "value", side_, "t5xxl", "clip_l",
                                   "text_g", "text_l", "text_0"}) {
      if (auto words = told(*node, name, links)) return words;
    }
    for (const char* const name : {"conditioning", "conditioning_1", "conditioning_to"}) {
      if (auto words = of(linked(graph_, input(*node, name)), links + 1)) return words;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::optional<std::string> told(const json& node, const char* name,
                                                int links) const {
    const json* const value = input(node, name);
    if (value == nullptr) return std::nullopt;
    if (value->is_string()) return value->get<std::string>();
    return of(linked(graph_, value), links + 1);
  }

  [[nodiscard]] std::optional<std::string> joined_pieces(const json& node, int links) const {
    const auto names = std::find_if(kPieces.begin(), kPieces.end(), [&](const auto& pieces) {
      return input(node, pieces[0]) != nullptr && input(node, pieces[1]) != nullptr;
    });
    if (names == kPieces.end()) return std::nullopt;
    std::string between;
    for (const char* const name : {"delimiter", "separator"}) {
      const json* const value = input(node, name);
      if (value != nullptr && value->is_string()) between = value->get<std::string>();
    }
    std::optional<std::string> joined;
    for (const char* const name : *names) {
      const auto piece = name != nullptr ? told(node, name, links) : std::nullopt;
      if (!piece || piece->empty()) continue;
      joined = joined ? *joined + between + *piece : *piece;
    }
    return joined;
  }

  const json& graph_;
  const char* side_;  // "positive" or "negative"
};

// The first plain value among the inputs `names` of `node`, of the nodes that these lead to, or of
// those behind its inputs `ways`.
const json* find_value(const json& graph, const json* node, Names names, Names ways = {},
                       int links = 0) {
  if (node == nullptr || links == kMaxLinks) return nullptr;
  for (const char* const name : names) {
    const json* const value = input(*node, name);
    if (value == nullptr) continue;
    if (!value->is_array() && !value->is_object()) return value;
    const json* const next = linked(graph, value);
    if (const json* const found = find_value(graph, next, names, {}, links + 1)) return found;
    if (const json* const found = find_value(graph, next, kOfOneValue, {}, links + 1)) return found;
  }
  for (const char* const way : ways) {
    const json* const next = linked(graph, input(*node, way));
    if (const json* const found = find_value(graph, next, names, ways, links + 1)) return found;
  }
  return nullptr;
}

bool is_sampler(const json& node) {
  return node.is_object() && class_of(node).find("Sampler") != std::string::npos &&
         (input(node, "positive") != nullptr || input(node, "guider") != nullptr);
}

// Whether the latents that `sampler` starts from were made by another sampler.
bool goes_on(const json& graph, const json& sampler) {
  const json* node = linked(graph, sampler, kToLatents);
  for (int links = 0; node != nullptr && links < kMaxLinks; ++links) {
    if (is_sampler(*node)) return true;
    node = linked(graph, *node, kToLatents);
  }
  return false;
}

// The sampler that starts from noise; others refine or enlarge its result.
const json* first_sampler(const json& graph) {
  const json* any = nullptr;
  for (const auto& [key, node] : graph.items()) {
    if (!is_sampler(node)) continue;
    if (!goes_on(graph, node)) return &node;
    if (any == nullptr) any = &node;
  }
  return any;
}

// Lists values that no request has a field for, such as files, samplers and strengths:
// "UNETLoader.unet_name".
void list_others(const json& graph, json& settings) {
  constexpr std::array<std::string_view, 5> kNames{"scheduler", "denoise", "guidance",
                                                   "strength_model", "strength_clip"};
  for (const auto& [key, node] : graph.items()) {
    const json* const inputs = inputs_of(node);
    if (inputs == nullptr) continue;
    for (const auto& [name, value] : inputs->items()) {
      const bool is_listed = std::string_view(name).ends_with("_name") ||
                             std::find(kNames.begin(), kNames.end(), name) != kNames.end();
      if (!is_listed || value.is_array() || value.is_object()) continue;
      const std::string whole = class_of(node) + "." + name;
      std::string free = whole;
      for (int i = 2; settings.contains(free); ++i) free = whole + " (" + std::to_string(i) + ")";
      settings[free] = value;
    }
  }
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
  const json* const sampler = first_sampler(graph);
  if (sampler == nullptr) return settings;
  const auto set = [&settings](const char* key, const json* value) {
    if (value != nullptr) settings[key] = *value;
  };
  // Advanced samplers get noise, steps and guidance from separate nodes.
  const json* const guider = linked(graph, input(*sampler, "guider"));
  const json& guides = guider != nullptr ? *guider : *sampler;
  const json* const plan = linked(graph, input(*sampler, "sigmas"));
  if (auto prompt =
          Words(graph, "positive").of(linked(graph, guides, {"positive", "conditioning"})))
    settings["prompt"] = *prompt;
  if (auto negative = Words(graph, "negative").of(linked(graph, guides, {"negative"})))
    settings["negative_prompt"] = *negative;
  set("seed", find_value(graph, sampler, {"seed", "noise_seed", "noise"}));
  set("steps", find_value(graph, plan != nullptr ? plan : sampler, {"steps"}));
  set("cfg", find_value(graph, &guides, {"cfg"}));
  set("shift", find_value(graph, linked(graph, guides, {"model"}), {"shift"}, {"model"}));
  const json* const latent = linked(graph, *sampler, kToLatents);
  set("width", find_value(graph, latent, {"width", "empty_latent_width"}, kToLatents));
  set("height", find_value(graph, latent, {"height", "empty_latent_height"}, kToLatents));
  list_others(graph, settings);
  return settings;
}

}  // namespace headroom
