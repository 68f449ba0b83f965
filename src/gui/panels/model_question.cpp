#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"
#include "question.h"

#include <optional>
#include <utility>

#include <imgui.h>
#include <imgui_stdlib.h>

namespace headroom {
namespace {

// Puts a dropped folder into the field; while the field is edited it owns its text.
int take_dropped_folder(ImGuiInputTextCallbackData* data) {
  auto& dropped = static_cast<UiState*>(data->UserData)->dropped_folder;
  if (!dropped) return 0;
  data->DeleteChars(0, data->BufTextLen);
  data->InsertChars(0, dropped->c_str());
  dropped.reset();
  return 0;
}

// True when Enter was pressed in the field.
bool draw_folder(const Ui& ui) {
  UiState& state = ui.state;
  if (state.dropped_folder) state.model_folder = *state.dropped_folder;
  if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
  ImGui::SetNextItemWidth(ui.px(kQuestionWidth));
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(ui.px(10), ui.px(7)));
  const bool entered =
      ImGui::InputText("##model.folder", &*state.model_folder,
                       ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_CallbackAlways,
                       take_dropped_folder, &state);
  ImGui::PopStyleVar();
  if (ImGui::IsItemEdited()) state.model_trouble.clear();
  if (!ImGui::IsItemActive()) state.dropped_folder.reset();
  outline(ui, !state.model_trouble.empty());
  name_item(ui, "model.folder");
  return entered;
}

}  // namespace

void draw_model_question(const Ui& ui) {
  UiState& state = ui.state;
  if (!state.model_folder || state.closing == UiState::Closing::kAsk) return;
  const bool open = begin_question(ui, "model_question");
  if (open) {
    paragraph(ui, ui.t("model.title"), {ui.colors.text, 15, true});
    paragraph(ui, ui.t("model.how"), {ui.colors.text_dim, kTextSize});
    const bool entered = draw_folder(ui);
    if (!state.model_trouble.empty())
      paragraph(ui, sentence(state.model_trouble, ui.text), {ui.colors.bad, kSmallSize});
    ImGui::Dummy({0, ui.px(2)});
    const float gap = ui.px(8);
    const ImVec2 size{(ui.px(kQuestionWidth) - gap) / 2, ui.px(36)};
    const bool chosen = button(ui, {.name = "model.open",
                                    .label = ui.t("model.open"),
                                    .tip = ui.t("tip.model.open"),
                                    .disabled = state.model_folder->empty() ? ui.t("why.model.open")
                                                : state.model_opening ? ui.t("why.model.opening")
                                                                      : "",
                                    .kind = ButtonKind::kAccent,
                                    .size = size});
    ImGui::SameLine(0, gap);
    const bool cancelled = button(ui, {.name = "model.cancel",
                                       .label = ui.t("model.cancel"),
                                       .tip = ui.t("tip.model.cancel"),
                                       .size = size});
    if ((chosen || entered) && !state.model_opening) ui.actions.models.choose(*state.model_folder);
    if (cancelled || escape_pressed(ui)) {
      if (std::exchange(state.model_opening, std::nullopt)) ui.actions.models.keep();
      state.model_folder.reset();
      ImGui::CloseCurrentPopup();
    }
  }
  end_question(open);
}

}  // namespace headroom
