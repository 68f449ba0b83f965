#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>
#include <imgui_internal.h>
#include <imgui_stdlib.h>

namespace headroom {
namespace {

constexpr int kMaxTokens = 512;  // the text encoder reads no more

// Puts `state.new_prompt` into a field that is being edited, since such a field owns its text and
// caret.
int replace_text(ImGuiInputTextCallbackData* data) {
  auto& state = *static_cast<UiState*>(data->UserData);
  if (state.new_prompt) {
    data->DeleteChars(0, data->BufTextLen);
    data->InsertChars(0, state.new_prompt->c_str());
    state.new_prompt.reset();
  }
  if (std::exchange(state.caret_at_end, false)) {
    data->CursorPos = data->SelectionStart = data->SelectionEnd = data->BufTextLen;
  }
  return 0;
}

bool has_problem(const Ui& ui, RequestProblem::Field field) {
  return std::any_of(ui.frame.problems.begin(), ui.frame.problems.end(),
                     [field](const RequestProblem& p) { return p.field == field; });
}

// The inner window of the multi-line field `id` that was just drawn; null when it is not visible.
ImGuiWindow* inside_of(ImGuiID id) {
  const auto& children = ImGui::GetCurrentWindow()->DC.ChildWindows;
  auto* const* const field = std::find_if(children.begin(), children.end(),
                                          [&](const ImGuiWindow* w) { return w->ChildId == id; });
  return field != children.end() ? *field : nullptr;
}

// Dear ImGui draws lines that are scrolled out into the padding. Covers them, so that no line is
// cut through, and draws the edge again on top.
void cover_padding(const Ui& ui, const ImGuiWindow& field, bool trouble) {
  const float pad = ImGui::GetStyle().FramePadding.y;
  const float left = field.Pos.x + ui.px(8);  // inside the rounded corners
  const float right = field.InnerClipRect.Max.x - ui.px(3);
  const float bottom = field.Pos.y + field.Size.y;
  const ImRect& seen = field.OuterRectClipped;
  ImDrawList& list = *field.DrawList;
  list.PushClipRect(seen.Min, seen.Max);
  list.AddRectFilled({left, field.Pos.y}, {right, field.Pos.y + pad}, ui.colors.input);
  list.AddRectFilled({left, bottom - pad}, {right, bottom}, ui.colors.input);
  outline(ui, list, trouble, 8);
  list.PopClipRect();
}

// Dims the part of the prompt that the model does not read. `field` must just have been drawn, so
// that Dear ImGui still has its lines.
void veil_unread(const Ui& ui, const ImGuiWindow& field, const std::string& text) {
  if (!ui.frame.prompt || ui.frame.prompt->read_bytes >= text.size()) return;
  const std::size_t read = ui.frame.prompt->read_bytes;
  ImDrawList& list = *field.DrawList;
  const ImVec2 pad = ImGui::GetStyle().FramePadding;
  const ImVec2 origin{field.DC.CursorStartPos.x + pad.x, field.DC.CursorStartPos.y + pad.y};
  const ImVector<int>& lines = ImGui::GetCurrentContext()->InputTextLineIndex.Offsets;
  const auto width = [&](std::size_t from, std::size_t to) {
    return ImGui::CalcTextSize(text.data() + from, text.data() + to).x;
  };
  list.PushClipRect(field.InnerClipRect.Min, field.InnerClipRect.Max);
  for (int n = 0; n < lines.Size; ++n) {
    const auto begin = static_cast<std::size_t>(lines[n]);
    const std::size_t end =
        n + 1 < lines.Size ? static_cast<std::size_t>(lines[n + 1]) : text.size();
    if (end <= read || end > text.size()) continue;
    const std::size_t from = std::max(begin, read);
    const float x = origin.x + width(begin, from);
    const float y = origin.y + static_cast<float>(n) * ImGui::GetFontSize();
    list.AddRectFilled({x, y}, {x + width(from, end), y + ImGui::GetFontSize()},
                       faded(ui.colors.input, 0.62F));
  }
  list.PopClipRect();
}

// A multi-line field. Escape leaves it and keeps what was typed.
void draw_field(const Ui& ui, const std::string& name, std::string& text, float height,
                ImGuiInputTextFlags flags, ImGuiInputTextCallback callback, bool trouble) {
  const float width = ImGui::GetContentRegionAvail().x;
  const bool escape = ImGui::IsKeyPressed(ImGuiKey_Escape);
  const std::string before = escape ? text : std::string();
  const ImGuiID id = ImGui::GetID(("##" + name).c_str());
  // If nothing is above it, as in a scrolled column, Dear ImGui draws a child's background into
  // the child itself, where it would cover the outline and the hint.
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::GetWindowDrawList()->AddRectFilled(at, {at.x + width, at.y + height}, ui.colors.input,
                                            ui.px(8));
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(ui.px(11), ui.px(9)));
  ImGui::PushStyleVar(ImGuiStyleVar_FrameRounding, ui.px(8));
  ImGui::PushStyleColor(ImGuiCol_NavCursor, 0U);  // the border below shows the focus
  ImGui::InputTextMultiline(("##" + name).c_str(), &text, {width, height},
                            ImGuiInputTextFlags_WordWrap | flags, callback, &ui.state);
  ImGui::PopStyleColor();
  if (const ImGuiWindow* const field = inside_of(id)) {
    if (name == "prompt") veil_unread(ui, *field, text);
    cover_padding(ui, *field, trouble);
  }
  ImGui::PopStyleVar(2);
  if (escape) text = before;
  outline(ui, trouble, 8);
}

// If an edit removed more than one letter, it can be undone from outside the field, too, as one
// step with what is typed in its place.
void remember_what_went(UiState& state, const std::string& before) {
  constexpr std::size_t kMaxLetterBytes = 4;  // bytes of UTF-8
  if (before.size() <= state.draft.prompt.size() + kMaxLetterBytes) return;
  Settings then = state.settings();
  then.draft.prompt = before;
  state.undo.record(then);
}

void draw_prompt_field(const Ui& ui) {
  UiState& state = ui.state;
  if (state.new_prompt) state.draft.prompt = *state.new_prompt;
  take_focus(ui, "prompt");
  const bool trouble =
      has_problem(ui, RequestProblem::Field::kPrompt) && !state.draft.prompt.empty();
  // Whole lines; a higher window has room for a longer prompt.
  const float screen = ImGui::GetIO().DisplaySize.y / ui.scale;
  const bool composer = ui.frame.layout.kind == LayoutKind::kComposer;
  const float lines = composer ? 2 : std::clamp(std::floor((screen - 560) / 80), 2.0F, 8.0F);
  const float height = lines * ImGui::GetFontSize() + 2 * ui.px(9);
  const bool undo_key = ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiKey_Z);
  const std::string before = state.draft.prompt;
  draw_field(ui, "prompt", state.draft.prompt, height, ImGuiInputTextFlags_CallbackAlways,
             replace_text, trouble);
  if (!ImGui::IsItemActive()) state.new_prompt.reset();
  remember_what_went(state, before);
  // If nothing was edited since the field got the focus, undo restores the prompt that was
  // replaced before.
  const UndoStack::Step* const last = state.undo.last();
  if (ImGui::IsItemActive() && undo_key && state.draft.prompt == before && last != nullptr &&
      last->changes_settings() && last->settings.draft.prompt != state.draft.prompt) {
    ui.actions.history.undo();
  }
  name_item(ui, "prompt");
  keep_clear(ui, item_rect());
  const Rect r = item_rect();
  if (state.draft.prompt.empty()) {
    draw_text(ui, {static_cast<float>(r.x) + ui.px(11), static_cast<float>(r.y) + ui.px(9)},
              ui.t("prompt.hint"), {ui.colors.text_faint});
  }
  tooltip(ui, state.draft.prompt.empty() ? std::string() : ui.t("tip.prompt"));
}

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
  take_focus(ui, "negative");
  draw_field(ui, "negative", state.draft.negative_prompt, 2 * ImGui::GetFontSize() + 2 * ui.px(9),
             0, nullptr, has_problem(ui, RequestProblem::Field::kNegativePrompt));
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
