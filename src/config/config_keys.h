#pragma once
#include "headroom/config/app_config.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// One setting, as the file, the environment and the messages know it.
struct ConfigKey {
  std::string_view section;
  std::string_view name;
  std::string_view allowed;  // completes "use ..."
  // Stores `values` (one, unless is_list); false when they are not allowed.
  bool (*set)(AppConfig& config, const std::vector<std::string>& values);
  bool is_list = false;
  std::string_view alias_of = {};  // the other name of the same setting, in the same section
};

// Every key that exists, section by section.
[[nodiscard]] std::span<const ConfigKey> config_keys();

// "model.path"
[[nodiscard]] std::string full_name(const ConfigKey& key);
// "HEADROOM_MODEL_PATH"
[[nodiscard]] std::string environment_name(const ConfigKey& key);

}  // namespace headroom
