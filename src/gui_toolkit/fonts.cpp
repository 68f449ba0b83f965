#include "headroom/gui_toolkit/fonts.h"

#include "headroom/gui_toolkit/theme.h"

#include <array>
#include <memory>
#include <optional>
#include <type_traits>

#include <fontconfig/fontconfig.h>
#include <imgui.h>
#include <imgui_freetype.h>

namespace headroom {
namespace {

struct Face {
  std::string file;
  int index = 0;
};

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Pattern = std::unique_ptr<FcPattern, Freer<FcPatternDestroy>>;
using Config = std::unique_ptr<FcConfig, Freer<FcConfigDestroy>>;

const FcChar8* fc(const char* text) { return reinterpret_cast<const FcChar8*>(text); }

// The nearest face of the family, or nothing when fontconfig would substitute another family.
std::optional<Face> find_face(FcConfig* config, const char* family, int weight) {
  const Pattern wanted(FcPatternCreate());
  FcPatternAddString(wanted.get(), FC_FAMILY, fc(family));
  FcPatternAddInteger(wanted.get(), FC_WEIGHT, weight);
  FcPatternAddInteger(wanted.get(), FC_SLANT, FC_SLANT_ROMAN);
  FcConfigSubstitute(config, wanted.get(), FcMatchPattern);
  FcDefaultSubstitute(wanted.get());
  FcResult result = FcResultMatch;
  const Pattern found(FcFontMatch(config, wanted.get(), &result));
  if (!found) return std::nullopt;
  FcChar8* file = nullptr;
  Face face;
  if (FcPatternGetString(found.get(), FC_FILE, 0, &file) != FcResultMatch) return std::nullopt;
  FcPatternGetInteger(found.get(), FC_INDEX, 0, &face.index);
  face.index &= 0xFFFF;  // the upper half names an instance of a variable font
  face.file = reinterpret_cast<const char*>(file);
  FcChar8* name = nullptr;
  for (int i = 0; FcPatternGetString(found.get(), FC_FAMILY, i, &name) == FcResultMatch; ++i) {
    if (FcStrCmpIgnoreCase(name, fc(family)) == 0) return face;
  }
  return std::nullopt;
}

// Sizes are line heights. In em, Noto Sans CJK's line is this much higher than Inter's.
constexpr float kChineseScale = 1.448F / 1.21F;

// The numbers below are for this size; letters are rendered for each size.
constexpr float kSize = 14.0F;

// How the faces of one atlas are rendered.
struct Style {
  bool hinted = false;
};

struct Part {
  bool merge = false;
  float scale = 1;
  float offset_y = 0;
  const ImWchar* without = nullptr;  // ranges that another part provides
  float advance = 0;                 // width of every letter; 0 = each letter's own
};

ImFont* add(const Face& face, const Style& style, const Part& part) {
  ImFontConfig options;
  options.MergeMode = part.merge;
  options.GlyphExcludeRanges = part.without;
  if (part.advance > 0) options.GlyphMinAdvanceX = options.GlyphMaxAdvanceX = part.advance;
  options.FontNo = static_cast<ImU32>(face.index);
  // Without hinting, letters keep the distances of the type design, so they begin between pixels.
  // Rendered at twice the size, that still looks even. On a screen with few pixels per letter it
  // would show as uneven gaps, so letters are hinted there, in height.
  options.FontLoaderFlags =
      style.hinted ? ImGuiFreeTypeLoaderFlags_LightHinting : ImGuiFreeTypeLoaderFlags_NoHinting;
  options.RasterizerDensity = style.hinted ? 1.0F : 2.0F;
  options.PixelSnapH = style.hinted;
  options.GlyphOffset.y = part.offset_y;
  options.ExtraSizeScale = part.scale;
  return ImGui::GetIO().Fonts->AddFontFromFileTTF(face.file.c_str(), kSize, &options);
}

ImFont* add_text_face(const std::optional<Face>& latin, const std::optional<Face>& chinese,
                      const std::filesystem::path& icon_font, const Style& style) {
  // Digits stand in columns: all are made as wide as the widest, which is 0.
  static constexpr std::array<ImWchar, 3> kFigures{'0', '9', 0};
  static constexpr std::array<ImWchar, 5> kOthers{0x1, '0' - 1, '9' + 1, 0xFFFF, 0};
  constexpr float kFigureOfEm = 0.62F;
  ImFont* font = latin ? add(*latin, style, {.without = kFigures.data()})
                       : ImGui::GetIO().Fonts->AddFontDefault();
  if (latin) {
    add(*latin, style,
        {.merge = true, .without = kOthers.data(), .advance = kFigureOfEm * kSize / kLineOfEm});
  }
  if (!icon_font.empty())
    add({icon_font.string(), 0}, style, {.merge = true, .scale = 0.86F, .offset_y = 1.0F});
  if (chinese) add(*chinese, style, {.merge = true, .scale = kChineseScale});
  return font;
}

}  // namespace

Fonts load_fonts(const std::filesystem::path& icon_font, float scale) {
  const Config config(FcInitLoadConfigAndFonts());
  Fonts fonts;
  const auto find = [&](const char* family, int weight) {
    return find_face(config.get(), family, weight);
  };
  const auto latin = find("Inter", FC_WEIGHT_REGULAR);
  const auto latin_bold = find("Inter", FC_WEIGHT_DEMIBOLD);
  const auto chinese = find("Noto Sans CJK SC", FC_WEIGHT_REGULAR);
  const auto chinese_bold = find("Noto Sans CJK SC", FC_WEIGHT_BOLD);
  if (!latin) fonts.missing.emplace_back("Inter");
  if (!chinese) fonts.missing.emplace_back("Noto Sans CJK SC");

  std::error_code ignored;
  std::filesystem::path icons = icon_font;
  if (!std::filesystem::is_regular_file(icons, ignored)) {
    fonts.missing.emplace_back(icon_font.filename().string());
    icons.clear();
  }
  const Style style{.hinted = scale < 1.25F};
  fonts.regular = add_text_face(latin, chinese, icons, style);
  fonts.bold = add_text_face(latin_bold ? latin_bold : latin, chinese_bold ? chinese_bold : chinese,
                             icons, style);
  return fonts;
}

}  // namespace headroom
