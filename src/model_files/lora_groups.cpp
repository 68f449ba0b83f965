#include "lora_groups.h"

#include "headroom/core/quote.h"
#include "headroom/weights/model_file_error.h"

#include <algorithm>
#include <utility>

namespace headroom {
namespace {

[[noreturn]] void refuse_twice(const std::filesystem::path& path, const std::string& one,
                               const std::string& other) {
  fail_model_file(path, say("{0} and {1} change the same matrix; the file is damaged, so choose "
                            "another one",
                            printable(one), printable(other)));
}

void drop_copies(const std::filesystem::path& path, std::vector<LoraGroup>& groups) {
  std::map<std::size_t, std::string> own;
  std::map<std::size_t, std::string> fused;
  const auto claim = [&](const LoraGroup& group, std::map<std::size_t, std::string>& claims) {
    for (const std::size_t matrix : group.matrices) {
      const auto [before, is_new] = claims.emplace(matrix, group.module);
      if (!is_new) refuse_twice(path, before->second, group.module);
    }
  };
  for (const LoraGroup& group : groups) {
    if (group.is_own) claim(group, own);
  }
  std::erase_if(groups, [&](const LoraGroup& group) {
    return !group.is_own && std::any_of(group.matrices.begin(), group.matrices.end(),
                                        [&](std::size_t i) { return own.contains(i); });
  });
  for (const LoraGroup& group : groups) {
    if (!group.is_own) claim(group, fused);
  }
}

}  // namespace

LoraGroups group_lora_tensors(const std::filesystem::path& path, const TensorFile& file,
                              const LoraModules& modules) {
  LoraGroups result;
  std::map<std::string, LoraGroup> groups;
  for (const NamedView& tensor : file.tensors()) {
    const std::optional<LoraKey> key = split_lora_key(tensor.first);
    const LoraModules::Module* const module = key ? modules.find(key->module) : nullptr;
    if (module == nullptr) {
      result.unmatched.push_back(tensor.first);
      continue;
    }
    ++result.matched_keys;
    LoraGroup& group = groups[key->module];
    group.module = key->module;
    group.matrices = module->matrices;
    group.is_own = module->is_own;
    const auto [before, is_new] = group.parts.emplace(key->part, &tensor);
    if (!is_new && key->part != LoraPart::kUnread) {
      refuse_twice(path, before->second->first, tensor.first);
    }
  }
  for (auto& [module, group] : groups) result.groups.push_back(std::move(group));
  drop_copies(path, result.groups);
  return result;
}

}  // namespace headroom
