#pragma once
#include "headroom/weights/tensor_file.h"

#include "adapter_names.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace headroom {

// A tensor with its name in the file; valid as long as the file object.
using NamedView = std::pair<const std::string, TensorView>;

// The tensors of an adapter file that belong to one module of a network.
struct AdapterGroup {
  std::string module;  // as the file spells it
  std::vector<std::size_t> matrices;
  bool is_own = true;  // see AdapterModules::Module
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

// Groups a file's tensors by module. If a module is stored both fused and matrix by matrix, the
// fused copy is left out. Throws Error{kModelFile} when a matrix is changed twice. `path` is for
// messages.
[[nodiscard]] AdapterGroups group_adapter(const std::filesystem::path& path, const TensorFile& file,
                                          const AdapterModules& modules);

}  // namespace headroom
