#include "lora_keys.h"

#include "headroom/weights/tensor_names.h"

#include <algorithm>
#include <array>
#include <utility>

namespace headroom {
namespace {

using Ending = std::pair<std::string_view, LoraPart>;
// PEFT puts the adapter's name into the key; it is "default" unless another was given.
constexpr std::array<Ending, 35> kEndings{{{".lora_A.weight", LoraPart::kDown},
                                           {".lora_A.default.weight", LoraPart::kDown},
                                           {".lora_A", LoraPart::kDown},
                                           {".lora_a.weight", LoraPart::kDown},
                                           {".lora_a", LoraPart::kDown},
                                           {".lora_down.weight", LoraPart::kDown},
                                           {".lora.down.weight", LoraPart::kDown},
                                           {".lora_linear_layer.down.weight", LoraPart::kDown},
                                           {".lora_B.weight", LoraPart::kUp},
                                           {".lora_B.default.weight", LoraPart::kUp},
                                           {".lora_B", LoraPart::kUp},
                                           {".lora_b.weight", LoraPart::kUp},
                                           {".lora_b", LoraPart::kUp},
                                           {".lora_up.weight", LoraPart::kUp},
                                           {".lora.up.weight", LoraPart::kUp},
                                           {".lora_linear_layer.up.weight", LoraPart::kUp},
                                           {".alpha", LoraPart::kAlpha},
                                           {".dora_scale", LoraPart::kMagnitude},
                                           {".lora_magnitude_vector", LoraPart::kMagnitude},
                                           {".lokr_w1", LoraPart::kKron1},
                                           {".lokr_w1_a", LoraPart::kKron1A},
                                           {".lokr_w1_b", LoraPart::kKron1B},
                                           {".lokr_w2", LoraPart::kKron2},
                                           {".lokr_w2_a", LoraPart::kKron2A},
                                           {".lokr_w2_b", LoraPart::kKron2B},
                                           {".hada_w1_a", LoraPart::kHada1A},
                                           {".hada_w1_b", LoraPart::kHada1B},
                                           {".hada_w2_a", LoraPart::kHada2A},
                                           {".hada_w2_b", LoraPart::kHada2B},
                                           {".lokr_t2", LoraPart::kUnread},
                                           {".hada_t1", LoraPart::kUnread},
                                           {".hada_t2", LoraPart::kUnread},
                                           {".lora_mid.weight", LoraPart::kUnread},
                                           {".oft_blocks", LoraPart::kUnread},
                                           {".oft_diag", LoraPart::kUnread}}};

std::string with_underscores(std::string name) {
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

// "x.to_q" -> "x.to.q"
std::string with_dotted_to(std::string name) {
  constexpr std::string_view kTo = ".to_";
  const std::size_t at = name.find(kTo);
  if (at != std::string::npos) name[at + kTo.size() - 1] = '.';
  return name;
}

bool strip_prefix(std::string_view& module, std::span<const std::string_view> prefixes) {
  for (const std::string_view prefix : prefixes) {
    if (!module.starts_with(prefix)) continue;
    module.remove_prefix(prefix.size());
    return true;
  }
  return false;
}

}  // namespace

std::optional<LoraKey> split_lora_key(std::string_view name) {
  for (const auto& [ending, part] : kEndings) {
    if (name.size() > ending.size() && name.ends_with(ending)) {
      return LoraKey{std::string(name.substr(0, name.size() - ending.size())), part};
    }
  }
  return std::nullopt;
}

LoraModules::LoraModules(std::span<const NamedMatrix> network) {
  constexpr std::string_view kWeight = ".weight";
  const auto module_of = [&](std::string name) {
    if (name.ends_with(kWeight)) name.resize(name.size() - kWeight.size());
    return name;
  };
  for (std::size_t i = 0; i < network.size(); ++i) {
    const std::string own = module_of(network[i].name);
    for (const std::string& name : {own, with_dotted_to(own)}) {
      dotted_.insert_or_assign(name, Module{{i}, true});
    }
    underscored_.insert_or_assign(with_underscores(own), Module{{i}, true});
  }
  // The fused names of single files, with q, k and v in their order.
  for (std::size_t i = 0; i < network.size(); ++i) {
    const auto other = single_file_name(Network::kTransformer, network[i].name, 0);
    if (!other) continue;
    const std::string name = module_of(other->name);
    for (Module* const module : {&dotted_[name], &underscored_[with_underscores(name)]}) {
      module->is_own = false;
      module->matrices.push_back(i);
    }
  }
}

const LoraModules::Module* LoraModules::find(std::string_view module) const {
  constexpr std::array<std::string_view, 5> kPrefixes{"base_model.model.", "model.diffusion_model.",
                                                      "diffusion_model.", "transformer.", "model."};
  constexpr std::array<std::string_view, 3> kUnderscored{"lora_unet_", "lycoris_",
                                                         "lora_transformer_"};
  while (strip_prefix(module, kPrefixes)) {
  }
  const bool underscored = strip_prefix(module, kUnderscored);
  const auto& modules = underscored ? underscored_ : dotted_;
  const auto found = modules.find(module);
  return found == modules.end() ? nullptr : &found->second;
}

}  // namespace headroom
