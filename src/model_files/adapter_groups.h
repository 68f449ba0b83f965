#pragma once
#include "headroom/weights/tensor_file.h"

#include "adapter_names.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace headroom {

// A tensor with its name in the file; valid as long as the file.
using NamedView = std::pair<const std::string, TensorView>;

// The tensors of an adapter file for one module of a network.
struct AdapterGroup {
  std::string module;  // as the file spells it
  std::vector<std::size_t> matrices;
  bool is_own = true;  // as AdapterModules::Module
  std::map<AdapterPart, const NamedView*> parts;
  [[nodiscard]] const NamedView* find(AdapterPart part) const {
    const auto found = parts.find(part);
    return found == parts.end() ? nullptr : found->second;
  }
};

struct AdapterGroups {
  std::vector<AdapterGroup> groups;
  int matched_keys = 0;                // tensors of modules that the network has
  std::vector<std::string> unmatched;  // names of the others
};

// Puts a file's tensors together by module. Fused copies of what is there matrix by matrix are left
// out. Throws Error{kModelFile} where one matrix is changed twice. `path` is for messages.
[[nodiscard]] AdapterGroups group_adapter(const std::filesystem::path& path, const TensorFile& file,
                                          const AdapterModules& modules);

}  // namespace headroom
