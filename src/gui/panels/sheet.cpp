#include "panels/sheet.h"

#include "headroom/gui_toolkit/widgets.h"

#include <utility>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>
#include <imgui_stdlib.h>

namespace headroom {
namespace {

const char* id_of(UiState::Sheet which) {
  return which == UiState::Sheet::kModels ? "models_sheet" : "lora_sheet";
}

}  // namespace

bool begin_sheet(const Ui& ui, UiState::Sheet which, const Rect& area) {
  UiState& state = ui.state;
  if (state.sheet != which) return false;
  if (std::exchange(state.sheet_asked, false)) ImGui::OpenPopup(id_of(which));
  ImGui::SetNextWindowPos({static_cast<float>(area.x), static_cast<float>(area.y)});
  ImGui::SetNextWindowSize({static_cast<float>(area.w), static_cast<float>(area.h)});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(kSheetSide), ui.px(16)));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(8), ui.px(8)));
  const bool open = ImGui::BeginPopup(
      id_of(which), ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  if (open) return true;
  ImGui::PopStyleVar(2);
  state.sheet = UiState::Sheet::kNone;  // a click beside it has closed it
  return false;
}

void end_sheet(const Ui& ui) {
  // If the user is already moving through the rows, the filter does not take the focus.
  if (ImGui::IsKeyPressed(ImGuiKey_DownArrow)) ui.state.sheet_filter_focus = false;
  // In a field, Escape only leaves the field; an empty filter does not count as one.
  const bool escape = ImGui::IsKeyPressed(ImGuiKey_Escape, false);
  if (escape && !ui.state.item_was_active) close_sheet(ui);
  const ImGuiIO& io = ImGui::GetIO();
  ui.state.sheet_held = is_pointed_at() || (io.NavVisible && !io.WantTextInput);
  ImGui::EndPopup();
  ImGui::PopStyleVar(2);
}

bool is_pointed_at() {
  return ImGui::IsWindowHovered(ImGuiHoveredFlags_RootAndChildWindows |
                                ImGuiHoveredFlags_AllowWhenBlockedByActiveItem);
}

void close_sheet(const Ui& ui) {
  ImGui::CloseCurrentPopup();
  ui.state.sheet = UiState::Sheet::kNone;
}

bool has_filter(const Ui& ui, std::size_t rows) {
  constexpr std::size_t kFrom = 9;
  if (!ui.state.sheet_held) ui.state.sheet_filtered = rows >= kFrom;
  return ui.state.sheet_filtered;
}

void draw_sheet_filter(const Ui& ui, const std::string& name) {
  std::string& filter = ui.state.sheet_filter;
  const bool was_empty = filter.empty();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(ui.px(32), ui.px(7)));
  ImGui::PushStyleColor(ImGuiCol_NavCursor, 0U);  // the outline shows the focus
  if (std::exchange(ui.state.sheet_filter_focus, false)) ImGui::SetKeyboardFocusHere();
  ImGui::SetNextItemWidth(width);
  ImGui::InputText(("##" + name).c_str(), &filter, ImGuiInputTextFlags_EscapeClearsAll);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
  outline(ui);
  name_item(ui, name);
  draw_text(ui, {at.x + ui.px(11), at.y + ui.px(9)}, ICON_FA_MAGNIFYING_GLASS,
            {ui.colors.text_dim, 12});
  if (filter.empty())
    draw_text(ui, {at.x + ui.px(32), at.y + ui.px(7)}, ui.t("sheet.filter"),
              {ui.colors.text_faint, kTextSize});
  if (was_empty && ImGui::IsKeyPressed(ImGuiKey_Escape, false)) close_sheet(ui);
}

bool draw_sheet_row(const Ui& ui, const SheetRow& row, float width, float height) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 end{at.x + width, at.y + height};
  const bool pressed = ImGui::InvisibleButton(("##" + row.name).c_str(), {width, height},
                                              ImGuiButtonFlags_EnableNav);
  if (row.is_chosen && ImGui::IsWindowAppearing()) ImGui::SetItemDefaultFocus();
  name_item(ui, row.name, row.can_be_chosen);
  tooltip(ui, row.tip);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool lit = row.can_be_chosen && ImGui::IsItemHovered();
  if (lit) offer_hand();
  const ImU32 ground = row.is_chosen ? ui.colors.accent_soft : lit ? ui.colors.field_hover : 0;
  if (ground != 0) list.AddRectFilled(at, end, ground, ui.px(8));
  return pressed && row.can_be_chosen;
}

}  // namespace headroom
