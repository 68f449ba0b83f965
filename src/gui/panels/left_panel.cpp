#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>

#include <imgui.h>

namespace headroom {
namespace {

// Design pixels; used until they were drawn once.
constexpr float kPinnedGuess_px = 116;
constexpr float kCardGuess_px = 178;
constexpr int kUnfoldFrames = 6;  // until all parts have their final heights

// Prompt and settings. In the composer the sizes are folded with the rest.
void draw_settings(const Ui& ui) {
  const bool composer = ui.frame.layout.kind == LayoutKind::kComposer;
  draw_prompt_panel(ui);
  if (!composer) draw_size_panel(ui);
  const bool was_open = ui.state.settings_open;
  if (ui.frame.layout.folds()) draw_settings_fold(ui);
  if (composer && ui.state.settings_open) draw_size_panel(ui);
  if (!ui.frame.layout.folds() || ui.state.settings_open) draw_settings_panel(ui);
  // Scrolls to settings that were unfolded in a low window.
  int& frames = ui.state.unfold_frames;
  if (ui.state.settings_open != was_open) frames = ui.state.settings_open ? kUnfoldFrames : 0;
  if (frames > 0) {
    --frames;
    ImGui::SetScrollHereY(1);
  }
}

// A part of the column at `y` of the window. Its height is known only after drawing, so the next
// frames correct it. Returns the height that it needs.
float draw_part(const Ui& ui, const char* name, float y, float width, float height,
                void (*draw)(const Ui&)) {
  const float side = ui.px(16);
  ImGui::SetCursorPos({side, y});
  ImGui::BeginChild(name, {width - 2 * side, std::max(1.0F, height)}, ImGuiChildFlags_NavFlattened,
                    ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  draw(ui);
  const float needed = ImGui::GetCursorPosY() - ImGui::GetStyle().ItemSpacing.y;
  ImGui::EndChild();
  return needed;
}

// The buttons that start a run are always visible. In a wide layout they are beside the plan.
void draw_pinned(const Ui& ui) {
  if (ui.frame.layout.kind != LayoutKind::kComposer) {
    draw_plan_line(ui);
    draw_reason(ui);
    draw_generate_panel(ui);
    return;
  }
  draw_reason(ui);
  const float width = ImGui::GetContentRegionAvail().x;
  const float buttons = std::min(ui.px(320), width / 2);
  constexpr auto kFlags = ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_NavFlattened;
  ImGui::BeginChild("plan_line", {width - buttons - ui.px(16), 0}, kFlags);
  ImGui::SetCursorPosY(ui.px(8));  // half of the difference between their heights
  draw_plan_line(ui);
  ImGui::EndChild();
  ImGui::SameLine(0, ui.px(16));
  ImGui::BeginChild("run", {buttons, ui.px(40)}, ImGuiChildFlags_NavFlattened);
  draw_generate_panel(ui);
  ImGui::EndChild();
}

}  // namespace

void draw_left_panel(const Ui& ui, const Rect& area) {
  begin_panel(ui, "left", area, ui.colors.panel, {0, 0}, ImGuiWindowFlags_NoScrollWithMouse);
  UiState& state = ui.state;
  const float side = ui.px(16);
  const float pad = ui.px(12);
  const auto width = static_cast<float>(area.w);
  const auto height = static_cast<float>(area.h);
  if (state.pinned_px <= 0) state.pinned_px = ui.px(kPinnedGuess_px);
  if (state.plan_card_px <= 0) state.plan_card_px = ui.px(kCardGuess_px);
  const float pinned = std::min(static_cast<float>(state.pinned_px), height);
  const float card = state.plan_open ? static_cast<float>(state.plan_card_px) : 0;

  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(side, pad));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(8), ui.px(8)));
  // The width without a scroll bar, which is drawn in the margin, so that nothing moves.
  ImGui::SetNextWindowContentSize({width - 2 * side, 0});
  ImGui::BeginChild("settings", {width, std::max(1.0F, height - pinned - card)},
                    ImGuiChildFlags_AlwaysUseWindowPadding | ImGuiChildFlags_NavFlattened);
  draw_settings(ui);
  const float content = ImGui::GetCursorPosY() + ImGui::GetScrollY() - ui.px(8) + pad;
  ImGui::EndChild();

  const float edge = static_cast<float>(area.y) + height - pinned - card;
  const auto left = static_cast<float>(area.x);
  ImGui::GetWindowDrawList()->AddRectFilled({left, edge}, {left + width, edge + ui.px(1)},
                                            ui.colors.line);
  if (state.plan_open) {
    state.plan_card_px =
        pad + draw_part(ui, "how", height - pinned - card + pad, width, card - pad, draw_plan_card);
  }
  state.pinned_px =
      2 * pad + draw_part(ui, "pinned", height - pinned + pad, width, pinned - pad, draw_pinned);
  state.composer_px = content + card + state.pinned_px;
  ImGui::PopStyleVar(2);
  ImGui::End();
}

}  // namespace headroom
