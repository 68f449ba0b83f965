#include "panels/prompt_field.h"

#include "headroom/gui_actions/actions.h"
#include "headroom/gui_toolkit/widgets.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <imgui.h>
#include <imgui_internal.h>
#include <imgui_stdlib.h>

// A field's undo history is private to Dear ImGui. It includes this file in a namespace too.
namespace ImStb {
#include <imstb_textedit.h>
}

namespace headroom {
namespace {

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

bool pressed(ImGuiKeyChord keys) {
  return ImGui::IsKeyChordPressed(keys, ImGuiInputFlags_Repeat, ImGuiKeyOwner_Any);
}

// A text with settings is offered, and stays in the field. Without it the field held `before`.
void offer_pasted(const Ui& ui, const std::string& name, std::string& text, std::string before) {
  if (!ImGui::IsItemActive() || text == before) return;
  if (!ui.actions.settings.offer_text(ImGui::GetClipboardText(), name)) return;
  std::swap(text, before);
  ui.state.record();  // so that the paste is a step of its own
  std::swap(text, before);
}

// A multi-line field. Escape leaves it and keeps what was typed.
void draw_field(const Ui& ui, const std::string& name, std::string& text, float height,
                ImGuiInputTextFlags flags, ImGuiInputTextCallback callback, bool trouble) {
  const float width = ImGui::GetContentRegionAvail().x;
  const bool escape = ImGui::IsKeyPressed(ImGuiKey_Escape);
  const bool pastes =
      pressed(ImGuiMod_Ctrl | ImGuiKey_V) || pressed(ImGuiMod_Shift | ImGuiKey_Insert);
  const std::string before = escape || pastes ? text : std::string();
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
  if (pastes) offer_pasted(ui, name, text, before);
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

// What the field can undo and redo itself; null: it has no keyboard.
ImStb::StbUndoState* edits_of(ImGuiID field) {
  ImGuiInputTextState* const edited = ImGui::GetInputTextState(field);
  return edited != nullptr ? &edited->Stb->undostate : nullptr;
}

void forget(ImStb::StbUndoState& edits) {
  edits.undo_point = 0;
  edits.undo_char_point = 0;
  edits.redo_point = IMSTB_TEXTEDIT_UNDOSTATECOUNT;
  edits.redo_char_point = IMSTB_TEXTEDIT_UNDOCHARCOUNT;
}

// Goes on with the window's undo and redo where the field's own have nothing left. `before`: the
// text before this frame's keys, which were the field's.
void follow_edit(const Ui& ui, const std::string& before) {
  UiState& state = ui.state;
  const bool undoes = pressed(ImGuiMod_Ctrl | ImGuiKey_Z);
  const bool redoes =
      pressed(ImGuiMod_Ctrl | ImGuiKey_Y) || pressed(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_Z);
  if (!undoes && !redoes) return remember_what_went(state, before);
  if (state.draft.prompt != before) return state.undo.follow(state.settings());
  if (redoes) return ui.actions.history.redo_prompt();
  // The field may have undone more than was typed since: the window's undo would do that again.
  const bool went_past = state.old_edits && !state.undo.is_recorded(state.settings());
  if (!went_past) ui.actions.history.undo_prompt();
}

// When the field gets the keyboard, or another text: it forgets what it could undo itself, for the
// window's undo has that as a step, and each would take back what the other does, for ever. Only
// where the window's last step is about other settings does the field go on with its own.
void take_over_edits(const Ui& ui, ImGuiID field, bool is_replaced) {
  UiState& state = ui.state;
  state.old_edits = false;
  ImStb::StbUndoState* const edits = edits_of(field);
  if (edits == nullptr) return;
  const Settings* const before = state.undo.before(state.settings());
  const bool window_undoes = before != nullptr && before->draft.prompt != state.draft.prompt;
  state.old_edits = !is_replaced && !window_undoes && edits->undo_point > 0;
  if (!state.old_edits) forget(*edits);
}

}  // namespace

void draw_prompt_field(const Ui& ui) {
  UiState& state = ui.state;
  const bool is_replaced = state.new_prompt.has_value();
  if (is_replaced) state.draft.prompt = *state.new_prompt;
  take_focus(ui, "prompt");
  const bool trouble =
      has_problem(ui, RequestProblem::Field::kPrompt) && !state.draft.prompt.empty();
  // Whole lines; a higher window has room for a longer prompt.
  const float screen = ImGui::GetIO().DisplaySize.y / ui.scale;
  const bool composer = ui.frame.layout.kind == LayoutKind::kComposer;
  const float lines = composer ? 2 : std::clamp(std::floor((screen - 560) / 80), 2.0F, 8.0F);
  const float height = lines * ImGui::GetFontSize() + 2 * ui.px(9);
  const ImGuiID id = ImGui::GetID("##prompt");
  const bool has_keys = ImGui::GetActiveID() == id;
  const std::string before = state.draft.prompt;
  draw_field(ui, "prompt", state.draft.prompt, height, ImGuiInputTextFlags_CallbackAlways,
             replace_text, trouble);
  if (!ImGui::IsItemActive()) state.new_prompt.reset();
  if (is_replaced || (!has_keys && ImGui::IsItemActive())) take_over_edits(ui, id, is_replaced);
  if (has_keys) follow_edit(ui, before);
  name_item(ui, "prompt");
  keep_clear(ui, item_rect());
  const Rect r = item_rect();
  if (state.draft.prompt.empty()) {
    draw_text(ui, {static_cast<float>(r.x) + ui.px(11), static_cast<float>(r.y) + ui.px(9)},
              ui.t("prompt.hint"), {ui.colors.text_faint});
  }
  tooltip(ui, state.draft.prompt.empty() ? std::string() : ui.t("tip.prompt"));
}

void draw_negative_field(const Ui& ui) {
  take_focus(ui, "negative");
  draw_field(ui, "negative", ui.state.draft.negative_prompt,
             2 * ImGui::GetFontSize() + 2 * ui.px(9), 0, nullptr,
             has_problem(ui, RequestProblem::Field::kNegativePrompt));
}

}  // namespace headroom
