#pragma once
#include "headroom/model_files/lora_file.h"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// The role of a LoRA file's tensor in the module that its name begins with.
enum class LoraPart {
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
  kUnread  // of a kind of adapter that is not supported: OFT, or a core of a Tucker decomposition
};
struct LoraKey {
  std::string module;
  LoraPart part = LoraPart::kDown;
};
// Splits a tensor's name; nothing if it does not end in a known way.
[[nodiscard]] std::optional<LoraKey> split_lora_key(std::string_view name);

// Maps the module names that LoRAs use to a network's matrices.
class LoraModules {
 public:
  explicit LoraModules(std::span<const NamedMatrix> network);

  struct Module {
    std::vector<std::size_t> matrices;  // indices; several where their rows are fused
    bool is_own = true;                 // named like the network's own matrices, not fused
  };
  // Finds a module by any spelling, with or without prefixes. Null if the network does not have
  // it.
  [[nodiscard]] const Module* find(std::string_view module) const;

 private:
  std::map<std::string, Module, std::less<>> dotted_, underscored_;
};

}  // namespace headroom
