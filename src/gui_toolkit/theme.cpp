#include "headroom/gui_toolkit/theme.h"

namespace headroom {
namespace {

constexpr ImU32 rgb(unsigned hex) {
  return IM_COL32((hex >> 16) & 0xFF, (hex >> 8) & 0xFF, hex & 0xFF, 0xFF);
}
constexpr ImU32 rgba(unsigned hex, unsigned alpha) {
  return IM_COL32((hex >> 16) & 0xFF, (hex >> 8) & 0xFF, hex & 0xFF, alpha);
}

constexpr Palette kDark{.panel = rgb(0x1B1E23),
                        .canvas = rgb(0x16181C),
                        .well = rgb(0x0F1114),
                        .line = rgb(0x101216),
                        .field = rgb(0x24282F),
                        .field_hover = rgb(0x3A414C),
                        .field_active = rgb(0x454D59),
                        .input = rgb(0x16181C),
                        .card = rgb(0x24282F),
                        .card_hover = rgb(0x3A414C),
                        .edge = rgb(0x6B7480),
                        .plate = rgb(0x24282F),
                        .popup = rgb(0x22262C),
                        .border = rgb(0x363C46),
                        .text = rgb(0xE9EBEE),
                        .text_dim = rgb(0xA5AEB8),
                        .text_faint = rgb(0x8C96A1),
                        .accent = rgb(0xF4A85B),
                        .accent_hover = rgb(0xFFD3A3),
                        .accent_active = rgb(0xE5994B),
                        .on_accent = rgb(0x22170A),
                        .accent_soft = rgba(0xF4A85B, 0x26),
                        .ring = rgb(0xF4A85B),
                        .ok = rgb(0x5CC28D),
                        .warn = rgb(0xE9B84C),
                        .bad = rgb(0xF69189),
                        .weights = rgb(0x5C8FE6),
                        .working = rgb(0x3FB6AC),
                        .others = rgb(0x343A43),
                        .hatch = rgb(0x8C96A1)};

constexpr Palette kLight{.panel = rgb(0xF3F3F0),
                         .canvas = rgb(0xE9E9E5),
                         .well = rgb(0xDEDED9),
                         .line = rgb(0xD4D4CE),
                         .field = rgb(0xE4E4DF),
                         .field_hover = rgb(0xBFC0BA),
                         .field_active = rgb(0xB2B3AC),
                         .input = rgb(0xFFFFFF),
                         .card = rgb(0xFFFFFF),
                         .card_hover = rgb(0xD9D9D4),
                         .edge = rgb(0x7C7F76),
                         .plate = rgb(0xF3F3F0),
                         .popup = rgb(0xFFFFFF),
                         .border = rgb(0xC6C6BF),
                         .text = rgb(0x1F2328),
                         .text_dim = rgb(0x454D57),
                         .text_faint = rgb(0x565E68),
                         .accent = rgb(0xE98A2B),
                         .accent_hover = rgb(0xFFB066),
                         .accent_active = rgb(0xD97D20),
                         .on_accent = rgb(0x241505),
                         .accent_soft = rgba(0xE98A2B, 0x2C),
                         .ring = rgb(0xA6570B),
                         .ok = rgb(0x116236),
                         .warn = rgb(0x744B00),
                         .bad = rgb(0xA32B26),
                         .weights = rgb(0x3F72CC),
                         .working = rgb(0x1E8A81),
                         .others = rgb(0xC4C6C6),
                         .hatch = rgb(0x676C70)};

ImVec4 vec(ImU32 color) { return ImGui::ColorConvertU32ToFloat4(color); }

}  // namespace

const Palette& palette(bool dark) { return dark ? kDark : kLight; }

ImU32 faded(ImU32 color, float alpha) {
  const auto a = static_cast<ImU32>(static_cast<float>(color >> IM_COL32_A_SHIFT & 0xFF) * alpha);
  return (color & ~IM_COL32_A_MASK) | a << IM_COL32_A_SHIFT;
}

void apply_theme(const Palette& c, bool dark, float scale) {
  ImGuiStyle style;
  if (dark) {
    ImGui::StyleColorsDark(&style);
  } else {
    ImGui::StyleColorsLight(&style);
  }
  style.FontSizeBase = 13.0F;
  style.FontScaleMain = kLineOfEm;
  style.WindowPadding = {16, 12};
  style.WindowRounding = 0;
  style.WindowBorderSize = 0;
  style.ChildBorderSize = 0;
  style.PopupRounding = 8;
  style.PopupBorderSize = 1;
  style.ButtonTextAlign = {0.5F, 0.42F};  // compensates that letters sit low in their line
  style.FramePadding = {10, 6};
  style.FrameRounding = 6;
  style.ItemSpacing = {8, 8};
  style.ItemInnerSpacing = {6, 6};
  style.ScrollbarSize = 10;
  style.ScrollbarRounding = 5;
  style.GrabRounding = 6;
  style.HoverDelayNormal = 0.45F;
  style.HoverStationaryDelay = 0.12F;
  style.DisabledAlpha = 0.5F;
  style.InputTextCursorSize = 1.5F;
  style.ScaleAllSizes(scale);
  style.FontScaleDpi = scale;

  const auto set = [&](ImGuiCol name, ImU32 color) { style.Colors[name] = vec(color); };
  set(ImGuiCol_Text, c.text);
  set(ImGuiCol_TextDisabled, c.text_faint);
  set(ImGuiCol_WindowBg, c.panel);
  set(ImGuiCol_ChildBg, rgba(0, 0));
  set(ImGuiCol_PopupBg, c.popup);
  set(ImGuiCol_Border, c.border);
  set(ImGuiCol_BorderShadow, rgba(0, 0));
  set(ImGuiCol_FrameBg, c.input);
  set(ImGuiCol_FrameBgHovered, c.input);  // only the outline shows hovering: see outline()
  set(ImGuiCol_FrameBgActive, c.input);
  set(ImGuiCol_Button, c.field);
  set(ImGuiCol_ButtonHovered, c.field_hover);
  set(ImGuiCol_ButtonActive, c.field_active);
  set(ImGuiCol_Header, c.field);
  set(ImGuiCol_HeaderHovered, c.field_hover);
  set(ImGuiCol_HeaderActive, c.field_active);
  set(ImGuiCol_ScrollbarBg, rgba(0, 0));
  set(ImGuiCol_ScrollbarGrab, c.field_active);
  set(ImGuiCol_ScrollbarGrabHovered, c.border);
  set(ImGuiCol_ScrollbarGrabActive, c.border);
  set(ImGuiCol_Separator, c.line);
  set(ImGuiCol_CheckMark, c.accent);
  set(ImGuiCol_SliderGrab, c.accent);
  set(ImGuiCol_SliderGrabActive, c.accent_active);
  set(ImGuiCol_InputTextCursor, c.accent);
  set(ImGuiCol_TextSelectedBg, faded(c.accent, 0.35F));
  set(ImGuiCol_NavCursor, c.text);  // not the accent, since focus is not selection
  ImGui::GetStyle() = style;
}

}  // namespace headroom
