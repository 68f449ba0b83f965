#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace headroom {

// Choices made in the window that it keeps between runs, each with the configured value that it
// replaced. A choice is valid until that value changes, so that the user's latest decision counts,
// in the window, the configuration or the command line.
struct WindowPreferences {
  struct Choice {
    std::string chosen;
    std::string configured;
  };
  std::optional<Choice> language;  // "en", "zh"
  std::optional<Choice> theme;     // "dark", "light"
  // Of the user interface, see ui_zoom.h; on top of the configured scale.
  std::optional<Choice> zoom;
};

// Nothing when the file is missing, unreadable or damaged, since choosing again takes one click.
[[nodiscard]] WindowPreferences read_preferences(const std::filesystem::path& file);

// Replaces the whole file; makes its folder. Throws Error{kIo}.
void write_preferences(const std::filesystem::path& file, const WindowPreferences& preferences);

// The value to start with: a choice that is still valid, else `configured`.
[[nodiscard]] std::string choose(const std::optional<WindowPreferences::Choice>& choice,
                                 const std::string& configured);

}  // namespace headroom
