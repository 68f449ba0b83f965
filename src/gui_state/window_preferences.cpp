#include "headroom/gui_state/window_preferences.h"

#include "headroom/core/languages.h"
#include "headroom/core/state_file.h"

#include <initializer_list>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;

std::optional<WindowPreferences::Choice> read_choice(
    const json& root, const char* key,
    const std::vector<std::string_view>& allowed) {  // empty: any
  if (!root.is_object() || !root.contains(key) || !root[key].is_object()) return std::nullopt;
  const json& entry = root[key];
  for (const char* const field : {"chosen", "configured"}) {
    if (!entry.contains(field) || !entry[field].is_string()) return std::nullopt;
  }
  if (allowed.empty()) return WindowPreferences::Choice{entry["chosen"], entry["configured"]};
  for (const std::string_view value : allowed) {
    if (entry["chosen"] == value)
      return WindowPreferences::Choice{std::string(value), entry["configured"]};
  }
  return std::nullopt;
}

}  // namespace

WindowPreferences read_preferences(const std::filesystem::path& file) {
  const json root = json::parse(read_state_file(file), nullptr, /*allow_exceptions=*/false);
  std::vector<std::string_view> codes;
  codes.reserve(kLanguages.size());
  for (const Language& language : kLanguages) codes.push_back(language.code);
  return {read_choice(root, "language", codes), read_choice(root, "theme", {"dark", "light"}),
          read_choice(root, "zoom", {})};
}

void write_preferences(const std::filesystem::path& file, const WindowPreferences& preferences) {
  json root = json::object();
  const auto add = [&](const char* key, const std::optional<WindowPreferences::Choice>& choice) {
    if (choice) root[key] = {{"chosen", choice->chosen}, {"configured", choice->configured}};
  };
  add("language", preferences.language);
  add("theme", preferences.theme);
  add("zoom", preferences.zoom);
  write_state_file(file, root.dump(2, ' ', false, json::error_handler_t::replace) + "\n",
                   say("remember language and theme in"), say("set them in config.yaml instead"));
}

std::string choose(const std::optional<WindowPreferences::Choice>& choice,
                   const std::string& configured) {
  return choice && choice->configured == configured ? choice->chosen : configured;
}

}  // namespace headroom
