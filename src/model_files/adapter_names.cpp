#include "adapter_names.h"

#include "headroom/weights/tensor_names.h"

#include <algorithm>
#include <array>
#include <utility>

namespace headroom {
namespace {

using Ending = std::pair<std::string_view, AdapterPart>;
// PEFT puts the adapter's name into the key; it is "default" unless another was given.
constexpr std::array<Ending, 35> kEndings{{{".lora_A.weight", AdapterPart::kDown},
                                           {".lora_A.default.weight", AdapterPart::kDown},
                                           {".lora_A", AdapterPart::kDown},
                                           {".lora_a.weight", AdapterPart::kDown},
                                           {".lora_a", AdapterPart::kDown},
                                           {".lora_down.weight", AdapterPart::kDown},
                                           {".lora.down.weight", AdapterPart::kDown},
                                           {".lora_linear_layer.down.weight", AdapterPart::kDown},
                                           {".lora_B.weight", AdapterPart::kUp},
                                           {".lora_B.default.weight", AdapterPart::kUp},
                                           {".lora_B", AdapterPart::kUp},
                                           {".lora_b.weight", AdapterPart::kUp},
                                           {".lora_b", AdapterPart::kUp},
                                           {".lora_up.weight", AdapterPart::kUp},
                                           {".lora.up.weight", AdapterPart::kUp},
                                           {".lora_linear_layer.up.weight", AdapterPart::kUp},
                                           {".alpha", AdapterPart::kAlpha},
                                           {".dora_scale", AdapterPart::kMagnitude},
                                           {".lora_magnitude_vector", AdapterPart::kMagnitude},
                                           {".lokr_w1", AdapterPart::kKron1},
                                           {".lokr_w1_a", AdapterPart::kKron1A},
                                           {".lokr_w1_b", AdapterPart::kKron1B},
                                           {".lokr_w2", AdapterPart::kKron2},
                                           {".lokr_w2_a", AdapterPart::kKron2A},
                                           {".lokr_w2_b", AdapterPart::kKron2B},
                                           {".hada_w1_a", AdapterPart::kHada1A},
                                           {".hada_w1_b", AdapterPart::kHada1B},
                                           {".hada_w2_a", AdapterPart::kHada2A},
                                           {".hada_w2_b", AdapterPart::kHada2B},
                                           {".lokr_t2", AdapterPart::kUnread},
                                           {".hada_t1", AdapterPart::kUnread},
                                           {".hada_t2", AdapterPart::kUnread},
                                           {".lora_mid.weight", AdapterPart::kUnread},
                                           {".oft_blocks", AdapterPart::kUnread},
                                           {".oft_diag", AdapterPart::kUnread}}};

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

std::optional<AdapterKey> split_adapter_key(std::string_view name) {
  for (const auto& [ending, part] : kEndings) {
    if (name.size() > ending.size() && name.ends_with(ending)) {
      return AdapterKey{std::string(name.substr(0, name.size() - ending.size())), part};
    }
  }
  return std::nullopt;
}

AdapterModules::AdapterModules(std::span<const NamedMatrix> network) {
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

const AdapterModules::Module* AdapterModules::find(std::string_view module) const {
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
