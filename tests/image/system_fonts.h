#pragma once
#include "headroom/image/lettering.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace headroom::test {

// Fonts that the window's set-up installs: one for Latin letters, then one for Chinese.
inline std::vector<FontFace> system_fonts() {
  const auto find = [](const std::vector<std::string>& names) -> std::filesystem::path {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             "/usr/share/fonts", std::filesystem::directory_options::skip_permission_denied)) {
      const std::string name = entry.path().filename().string();
      if (std::find(names.begin(), names.end(), name) != names.end()) return entry.path();
    }
    throw std::runtime_error(names.front() + " is not installed");
  };
  return {{find({"Inter-Regular.otf", "Inter-Regular.ttf", "InterVariable.ttf"})},
          {find({"NotoSansCJK-Regular.ttc"}), "Noto Sans CJK SC"}};
}

}  // namespace headroom::test
