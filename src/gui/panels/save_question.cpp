#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"
#include "question.h"
#include "save_folder.h"

#include <imgui.h>

namespace headroom {

void draw_save_question(const Ui& ui) {
  UiState& state = ui.state;
  if (!state.save_asked || state.closing == UiState::Closing::kAsk) return;
  const bool open = begin_question(ui, "save_question");
  if (open) {
    suggest_save_folder(ui);
    paragraph(ui, fill(ui.t("save.title"), {std::to_string(state.unsaved())}),
              {ui.colors.text, 15, true});
    draw_save_folder(ui, ButtonKind::kAccent);
    const bool later = button(ui, {.name = "save.later",
                                   .label = ui.t("save.later"),
                                   .tip = ui.t("tip.save.later"),
                                   .size = {ui.px(kQuestionWidth), ui.px(36)}});
    if (later || escape_pressed(ui) || state.unsaved() == 0) {
      state.save_asked = false;
      ImGui::CloseCurrentPopup();
    }
  }
  end_question(open);
}

}  // namespace headroom
