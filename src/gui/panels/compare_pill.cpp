#include "headroom/gui_state/format.h"
#include "headroom/gui_state/origins.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <string>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {

void draw_compare_pill(const Ui& ui, const Rect& canvas) {
  UiState& state = ui.state;
  const auto origin = state.selected ? origin_of(state.pictures, *state.selected) : std::nullopt;
  if (!origin) {
    state.compares = false;
    return;
  }
  const GenerationRequest& made_of = state.pictures[*origin].request;
  const std::string size = to_string(Size{made_of.width, made_of.height});
  const std::string label = std::string(ICON_FA_EYE) + "  " +
                            fill(ui.t(state.compares ? "compare.origin" : "compare.hold"), {size});
  const float width = text_width(ui, label, {0, kSmallSize}) + ui.px(22);
  const float height = ui.px(26);
  const ImVec2 at{static_cast<float>(canvas.x) + ui.px(10),
                  static_cast<float>(canvas.y) + ui.px(10)};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 end{at.x + width, at.y + height};
  list.AddRectFilled(at, end, faded(ui.colors.popup, 0.92F), ui.px(7));
  list.AddRect(at, end, state.compares ? ui.colors.ring : ui.colors.edge, ui.px(7), ui.px(1));
  ImGui::SetCursorScreenPos(at);
  button(ui, {.name = "compare",
              .label = label,
              .tip = ui.t("tip.compare"),
              .kind = ButtonKind::kQuiet,
              .size = {width, height},
              .text_size = kSmallSize});
  const bool by_key = state.canvas_focused && !ImGui::GetIO().WantTextInput &&
                      !state.popup_was_open && ImGui::IsKeyDown(ImGuiKey_C) &&
                      ImGui::GetIO().KeyMods == ImGuiMod_None;
  state.compares = ImGui::IsItemActive() || by_key;
}

}  // namespace headroom
