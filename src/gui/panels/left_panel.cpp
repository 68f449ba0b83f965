#include "panels.h"
#include "widgets.h"

#include <imgui.h>

namespace headroom {

void draw_left_panel(const Ui& ui, const Rect& area) {
  begin_panel(ui, "left", area, ui.colors.panel, {0, 0}, ImGuiWindowFlags_NoScrollWithMouse);
  const float side = ui.px(16);
  const float actions = ui.px(70);
  const auto width = static_cast<float>(area.w);
  const auto height = static_cast<float>(area.h);

  // The settings scroll when the window is low; what starts a run never leaves the screen.
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(side, ui.px(12)));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(8), ui.px(5)));
  // As wide as without a scroll bar, which then lies in the margin and moves nothing.
  ImGui::SetNextWindowContentSize({width - 2 * side, 0});
  ImGui::BeginChild("settings", {width, height - actions},
                    ImGuiChildFlags_AlwaysUseWindowPadding | ImGuiChildFlags_NavFlattened);
  draw_prompt_panel(ui);
  draw_size_panel(ui);
  draw_settings_panel(ui);
  draw_plan_panel(ui);
  const bool more_below = ImGui::GetScrollY() < ImGui::GetScrollMaxY() - 1;
  ImGui::EndChild();

  const float edge = static_cast<float>(area.y) + height - actions;
  if (more_below) {
    const auto left = static_cast<float>(area.x);
    ImGui::GetWindowDrawList()->AddRectFilled({left, edge}, {left + width, edge + ui.px(1)},
                                              ui.colors.line);
  }
  ImGui::SetCursorPos({side, height - actions + ui.px(12)});
  ImGui::BeginChild("actions", {width - 2 * side, actions - ui.px(12)},
                    ImGuiChildFlags_NavFlattened);
  draw_generate_panel(ui);
  ImGui::EndChild();
  ImGui::PopStyleVar(2);
  ImGui::End();
}

}  // namespace headroom
