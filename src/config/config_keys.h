#pragma once
#include "headroom/config/app_config.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// One setting: its name in the file, its allowed values for messages, and how it is stored.
struct ConfigKey {
  std::string_view section;
  std::string_view name;
  std::string_view allowed;  // completes "use ..."
  // Stores `values` (exactly one, unless is_list); returns false when they are not allowed.
  bool (*set)(AppConfig& config, const std::vector<std::string>& values);
  bool is_list = false;
  std::string_view alias_of = {};  // the main name of this setting, in the same section
};

// Every key that exists, section by section.
[[nodiscard]] std::span<const ConfigKey> config_keys();

// "model.path"
[[nodiscard]] std::string full_name(const ConfigKey& key);
// "HEADROOM_MODEL_PATH"
[[nodiscard]] std::string environment_name(const ConfigKey& key);

}  // namespace headroom
