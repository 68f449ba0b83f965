#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"
#include "panels/prompt_field.h"

#include <algorithm>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

constexpr int kMaxTokens = 512;  // the text encoder reads no more

// One line of example prompts; the arrow shows the next ones.
void draw_examples(const Ui& ui) {
  const auto can_draw = ui.frame.opened->examples.can_draw.find(ui.state.language);
  if (can_draw != ui.frame.opened->examples.can_draw.end() && !can_draw->second.empty()) {
    paragraph(ui, can_draw->second, {ui.colors.text_faint, kSmallSize});
  }
  const auto found = ui.frame.opened->examples.examples.find(ui.state.language);
  if (found == ui.frame.opened->examples.examples.end() || found->second.empty()) return;
  const std::vector<std::string>& examples = found->second;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float right = at.x + ImGui::GetContentRegionAvail().x;
  const float height = ui.px(22);
  const float arrow = ui.px(24);
  const TextStyle style{ui.colors.text_dim, kSmallSize};
  float x = at.x;
  std::size_t shown = 0;
  while (shown < examples.size()) {
    const std::size_t index = (ui.state.example_offset + shown) % examples.size();
    const float room = right - arrow - ui.px(6) - x;
    const float wanted = text_width(ui, examples[index], style) + ui.px(18);
    if (shown > 0 && room < std::min(wanted, ui.px(76))) break;
    const float width = std::min(wanted, room);
    ImGui::SetCursorScreenPos({x, at.y});
    const std::string name = "example." + std::to_string(shown);
    ImGui::PushStyleVar(ImGuiStyleVar_FrameRounding, height / 2);
    if (button(ui, {.name = name,
                    .label = fit_text(ui, examples[index], style, width - ui.px(17)),
                    .tip = fill(ui.t("tip.example"), {examples[index]}),
                    .size = {width, height},
                    .text_size = kSmallSize})) {
      ui.actions.prompt.set(examples[index]);
    }
    ImGui::PopStyleVar();
    x += width + ui.px(6);
    ++shown;
  }
  if (shown < examples.size()) {
    ImGui::SetCursorScreenPos({right - arrow, at.y});
    if (button(ui, {.name = "example.more",
                    .label = ICON_FA_CHEVRON_RIGHT,
                    .tip = ui.t("tip.example.more"),
                    .kind = ButtonKind::kQuiet,
                    .size = {arrow, height},
                    .text_size = 10})) {
      ui.state.example_offset = (ui.state.example_offset + shown) % examples.size();
    }
  }
  take_room(at, height + ui.px(1));
}

// Once a picture was requested, the examples are folded into a symbol beside the section's name.
void draw_examples_fold(const Ui& ui, ImVec2 section) {
  const ImVec2 next = ImGui::GetCursorScreenPos();
  const float label = text_width(ui, ui.t("prompt.label"), {0, kSmallSize, true}) + ui.px(14);
  ImGui::SetCursorScreenPos({section.x + label, section.y - ui.px(3)});
  if (button(ui, {.name = "example.fold",
                  .label = ICON_FA_CIRCLE_QUESTION,
                  .tip = ui.t("tip.example.fold"),
                  .kind = ButtonKind::kQuiet,
                  .size = {ui.px(22), ui.px(22)},
                  .text_size = kSmallSize})) {
    ui.state.examples_open = !ui.state.examples_open;
  }
  ImGui::SetCursorScreenPos(next);
}

void draw_negative(const Ui& ui) {
  UiState& state = ui.state;
  const bool off = state.draft.guidance_scale <= 0;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = ui.px(22);
  const float all = ImGui::GetContentRegionAvail().x;
  const float width = draw_lora_button(ui, {at.x + all + ui.px(8), at.y}, height) - at.x - ui.px(8);
  if (ImGui::InvisibleButton("##negative.fold", {width, height}, ImGuiButtonFlags_EnableNav)) {
    state.negative_open = !state.negative_open;
  }
  const ImU32 color = ImGui::IsItemHovered() ? ui.colors.text : ui.colors.text_dim;
  offer_hand();
  name_item(ui, "negative.fold");
  tooltip(ui, ui.t(off ? "why.negative" : "tip.negative"));
  draw_text(ui, {at.x, at.y + ui.px(4)},
            state.negative_open ? ICON_FA_CHEVRON_DOWN : ICON_FA_CHEVRON_RIGHT,
            {ui.colors.text_faint, 9});
  draw_text(ui, {at.x + ui.px(15), at.y + ui.px(1)}, ui.t("negative.label"), {color, 13});
  const std::string note = off                                   ? ui.t("negative.off")
                           : state.draft.negative_prompt.empty() ? std::string()
                           : state.negative_open                 ? std::string()
                                                 : shorten(state.draft.negative_prompt, 24);
  const TextStyle quiet{ui.colors.text_faint, kSmallSize};
  const float room = width - ui.px(15 + 12) - text_width(ui, ui.t("negative.label"), {0, 13});
  draw_text_right(ui, at.x + width, at.y + ui.px(2), fit_text(ui, note, quiet, room), quiet);
  if (!state.negative_open) return;
  ImGui::BeginDisabled(off);
  draw_negative_field(ui);
  ImGui::EndDisabled();
  name_item(ui, "negative", !off);
  tooltip(ui, ui.t(off ? "why.negative" : "tip.negative"));
}

}  // namespace

void draw_prompt_panel(const Ui& ui) {
  const int tokens = ui.frame.prompt ? ui.frame.prompt->tokens : 0;
  const bool too_long = tokens > kMaxTokens;
  std::string note;
  if (too_long) {
    note = fill(ui.t("prompt.too_long"), {std::to_string(tokens), std::to_string(kMaxTokens)});
  } else if (tokens > 0 && !ui.state.draft.prompt.empty()) {  // the chat template has tokens, too
    note = fill(ui.t(tokens == 1 ? "prompt.token" : "prompt.tokens"), {std::to_string(tokens)});
  }
  const bool low = ui.frame.layout.kind == LayoutKind::kComposer && !ui.state.settings_open;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float label = text_width(ui, ui.t("prompt.label"), {0, kSmallSize, true}) + ui.px(80);
  section(ui, ui.t("prompt.label"), note, too_long ? ui.colors.warn : 0);
  if (low) draw_lora_button(ui, {at.x + label, at.y - ui.px(2)}, ui.px(22));
  if (ui.state.examples_fold && !low) draw_examples_fold(ui, at);
  draw_prompt_field(ui);
  draw_start_chips(ui);
  if (low) return;
  if (ui.state.examples_open) draw_examples(ui);
  draw_negative(ui);
  ImGui::Dummy({0, 0});
}

}  // namespace headroom
