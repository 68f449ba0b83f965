#include "save_folder.h"

#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"

#include "question.h"

#include <imgui.h>
#include <imgui_stdlib.h>

namespace headroom {

void suggest_save_folder(const Ui& ui) {
  if (!ImGui::IsWindowAppearing() || !ui.state.save_folder.empty()) return;
  ui.state.save_folder = ui.state.output_folder.value_or(ui.services.output_folder).string();
}

void draw_save_folder(const Ui& ui, ButtonKind kind) {
  UiState& state = ui.state;
  if (!ui.services.save_to) return;
  paragraph(ui, ui.t("close.save.to"), {ui.colors.text_dim, kSmallSize});
  const float save = ui.px(110);
  const float gap = ui.px(8);
  ImGui::SetNextItemWidth(ui.px(kQuestionWidth) - save - gap);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(ui.px(10), ui.px(7)));
  ImGui::InputText("##close.folder", &state.save_folder);
  ImGui::PopStyleVar();
  name_item(ui, "close.folder");
  ImGui::SameLine(0, gap);
  if (button(ui, {.name = "close.save",
                  .label = ui.t("close.save"),
                  .tip = ui.t("tip.close.save"),
                  .disabled = state.save_folder.empty() ? ui.t("why.close.save") : std::string(),
                  .kind = kind,
                  .size = {save, ui.px(31)},
                  .text_size = 13})) {
    ui.actions.saving.save_unsaved_to(state.save_folder);
  }
  if (!state.save_trouble.empty()) {
    paragraph(ui, sentence(state.save_trouble, ui.text), {ui.colors.bad, kSmallSize});
  }
}

}  // namespace headroom
