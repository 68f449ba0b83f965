#pragma once
#include <filesystem>
#include <string>
#include <vector>

struct ImFont;

namespace headroom {

// The faces of the window, each with the icons and Chinese characters merged in. Owned by the
// atlas.
struct Fonts {
  ImFont* regular = nullptr;
  ImFont* bold = nullptr;
  std::vector<std::string> missing;  // families that the machine does not have
};

// Loads Inter and Noto Sans CJK SC through fontconfig and the icon font from a file. What is
// missing is replaced by what there is and named in `missing`. Letters are fitted to the pixels of
// a screen whose `scale` gives them few. Needs a Dear ImGui context.
[[nodiscard]] Fonts load_fonts(const std::filesystem::path& icon_font, float scale);

}  // namespace headroom
