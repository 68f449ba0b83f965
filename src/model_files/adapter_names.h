#pragma once
#include "headroom/model_files/adapter_file.h"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// What a tensor of an adapter file is for the module that its name begins with.
enum class AdapterPart {
  kDown,  // lora_A
  kUp,    // lora_B
  kAlpha,
  kMagnitude,  // of DoRA
  kKron1,
  kKron1A,
  kKron1B,
  kKron2,
  kKron2A,
  kKron2B,
  kHada1A,
  kHada1B,
  kHada2A,
  kHada2B,
  kUnread  // of a kind of adapter that is not applied: OFT, or a core of Tucker's decomposition
};
struct AdapterKey {
  std::string module;
  AdapterPart part = AdapterPart::kDown;
};
// Nothing for names that end in no known way.
[[nodiscard]] std::optional<AdapterKey> split_adapter_key(std::string_view name);

// The module names under which adapters know a network's matrices.
class AdapterModules {
 public:
  explicit AdapterModules(std::span<const NamedMatrix> network);

  struct Module {
    std::vector<std::size_t> matrices;  // of the network; several where their rows are fused
    bool is_own = true;                 // spelled as the network itself does, matrix by matrix
  };
  // Of any spelling, with prefixes or without. Null for what the network lacks.
  [[nodiscard]] const Module* find(std::string_view module) const;

 private:
  std::map<std::string, Module, std::less<>> dotted_, underscored_;
};

}  // namespace headroom
