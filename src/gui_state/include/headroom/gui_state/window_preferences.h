#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace headroom {

// What the window keeps between runs: the choices made in it, each with the configured value that
// it overruled. A choice holds until that value is changed: the newest word of the person counts,
// whether it was said in the window, in the configuration or on the command line.
struct WindowPreferences {
  struct Choice {
    std::string chosen;
    std::string configured;
  };
  std::optional<Choice> language;  // "en", "zh"
  std::optional<Choice> theme;     // "dark", "light"
  std::optional<Choice> zoom;      // of the interface, see ui_zoom.h; over the configured scale
};

// Nothing when the file is missing, unreadable or broken: the choice is made again in a click.
[[nodiscard]] WindowPreferences read_preferences(const std::filesystem::path& file);

// Replaces the file as a whole; makes its folder. Throws Error{kIo}.
void write_preferences(const std::filesystem::path& file, const WindowPreferences& preferences);

// What to start with: the choice while it holds, else `configured`.
[[nodiscard]] std::string choose(const std::optional<WindowPreferences::Choice>& choice,
                                 const std::string& configured);

}  // namespace headroom
