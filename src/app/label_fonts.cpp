#include "label_fonts.h"

#include "headroom/config/paths.h"
#include "headroom/core/error.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <spdlog/spdlog.h>

namespace headroom {
namespace fs = std::filesystem;
namespace {

struct KnownFont {
  std::string_view file;
  std::string_view face;  // in a collection
};
// File names that distributions use, the best first. Fontconfig is not used, since builds without
// the window do not have it.
constexpr std::array<KnownFont, 8> kLatin{{{"Inter-Regular.otf", ""},
                                           {"Inter-Regular.ttf", ""},
                                           {"Inter.ttc", "Inter"},
                                           {"InterVariable.ttf", ""},
                                           {"NotoSans-Regular.ttf", ""},
                                           {"DejaVuSans.ttf", ""},
                                           {"LiberationSans-Regular.ttf", ""},
                                           {"FreeSans.ttf", ""}}};
constexpr std::array<KnownFont, 7> kChinese{{{"NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"},
                                             {"NotoSansCJKsc-Regular.otf", ""},
                                             {"NotoSansSC-Regular.otf", ""},
                                             {"NotoSansSC-Regular.ttf", ""},
                                             {"wqy-microhei.ttc", ""},
                                             {"wqy-zenhei.ttc", ""},
                                             {"DroidSansFallbackFull.ttf", ""}}};

// Installed fonts by file name.
std::map<std::string, fs::path, std::less<>> installed_fonts() {
  std::map<std::string, fs::path, std::less<>> fonts;
  for (const fs::path& folder : font_folders()) {
    std::error_code error;
    fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied,
                                           error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      fonts.emplace(entry->path().filename().string(), entry->path());
    }
  }
  return fonts;
}

}  // namespace

std::unique_ptr<const Lettering> label_letters() {
  const auto installed = installed_fonts();
  std::vector<FontFace> faces;
  const auto add_first = [&](const auto& known) {
    for (const KnownFont& font : known) {
      const auto found = installed.find(font.file);
      if (found == installed.end()) continue;
      const FontFace face{found->second, std::string(font.face)};
      try {
        static_cast<void>(Lettering({face}));
        faces.push_back(face);
        return;
      } catch (const Error& e) {
        spdlog::info("no letters for labels: {}", e.what());
      }
    }
  };
  add_first(kLatin);
  add_first(kChinese);
  return std::make_unique<const Lettering>(faces);
}

}  // namespace headroom
