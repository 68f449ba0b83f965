#pragma once
#include <filesystem>
#include <string>
#include <vector>

struct ImFont;

namespace headroom {

// The window's fonts, each with icons and Chinese characters merged in. Owned by the atlas.
struct Fonts {
  ImFont* regular = nullptr;
  ImFont* bold = nullptr;
  std::vector<std::string> missing;  // font families that this machine lacks
};

// Loads Inter and Noto Sans CJK SC through fontconfig, and the icon font from a file. A missing
// font is replaced by another and listed in `missing`. At a small `scale`, letters are hinted.
// Needs a Dear ImGui context.
[[nodiscard]] Fonts load_fonts(const std::filesystem::path& icon_font, float scale);

}  // namespace headroom
