#include "panels/question.h"

#include <imgui.h>

namespace headroom {

bool begin_question(const Ui& ui, const char* id) {
  if (!ImGui::IsPopupOpen(id)) ImGui::OpenPopup(id);
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({screen.x / 2, screen.y / 2}, ImGuiCond_Always, {0.5F, 0.5F});
  const float pad = ui.px(22);
  // The width must be known before the first frame, in which lines are wrapped and the height is
  // measured; otherwise the question would move under the mouse.
  const float width = ui.px(kQuestionWidth) + 2 * pad;
  ImGui::SetNextWindowSizeConstraints({width, 0}, {width, screen.y});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(pad, ui.px(20)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, ui.px(10));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(8), ui.px(9)));
  const bool open = ImGui::BeginPopupModal(
      id, nullptr,
      ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_AlwaysAutoResize);
  if (open) ImGui::Dummy({ui.px(kQuestionWidth), 0});
  return open;
}

void end_question(bool open) {
  if (open) ImGui::EndPopup();
  ImGui::PopStyleVar(3);
}

bool escape_pressed(const Ui& ui) {
  return ImGui::IsKeyPressed(ImGuiKey_Escape, false) && !ui.state.item_was_active;
}

}  // namespace headroom
