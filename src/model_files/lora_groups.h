#pragma once
#include "headroom/weights/tensor_file.h"

#include "lora_keys.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace headroom {

// A tensor with its name in the file; valid as long as the file object.
using NamedView = std::pair<const std::string, TensorView>;

// The tensors of a LoRA file that belong to one module of a network.
struct LoraGroup {
  std::string module;  // as the file spells it
  std::vector<std::size_t> matrices;
  bool is_own = true;  // see LoraModules::Module
  std::map<LoraPart, const NamedView*> parts;
  [[nodiscard]] const NamedView* find(LoraPart part) const {
    const auto found = parts.find(part);
    return found == parts.end() ? nullptr : found->second;
  }
};

struct LoraGroups {
  std::vector<LoraGroup> groups;
  int matched_keys = 0;                // tensors of modules that the network has
  std::vector<std::string> unmatched;  // names of the others
};

// Groups a file's tensors by module. If a module is stored both fused and matrix by matrix, the
// fused copy is left out. Throws Error{kModelFile} when a matrix is changed twice. `path` is for
// messages.
[[nodiscard]] LoraGroups group_lora_tensors(const std::filesystem::path& path,
                                            const TensorFile& file, const LoraModules& modules);

}  // namespace headroom
