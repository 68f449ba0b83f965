#include "shortcuts.h"

#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/offered_picture.h"
#include "headroom/gui_state/requests_from_picture.h"
#include "headroom/gui_toolkit/regions.h"
#include "headroom/gui_toolkit/ui_zoom.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>

#include <imgui.h>
#include <imgui_internal.h>

namespace headroom {
namespace {

bool chord(ImGuiKeyChord keys) {
  // Also takes keys from an active text field, which would use Ctrl+Enter itself.
  return ImGui::Shortcut(keys, ImGuiInputFlags_RouteGlobal | ImGuiInputFlags_RouteOverFocused |
                                   ImGuiInputFlags_RouteOverActive);
}

// A number that is still being edited is taken over first, in this frame.
void ask_generate(const Ui& ui, bool in_front) {
  ui.state.generate_asked = true;
  ui.state.generate_in_front = in_front;
  if (ui.state.number_active) ImGui::ClearActiveID();
}

// The field that must be changed before anything can start.
const char* culprit(const std::vector<RequestProblem>& problems) {
  using Field = RequestProblem::Field;
  switch (problems.empty() ? Field::kSize : problems.front().field) {
    case Field::kPrompt:
      return "prompt";
    case Field::kNegativePrompt:
      return "negative";
    case Field::kSeed:
      return "seed";
    case Field::kSteps:
      return "steps";
    case Field::kGuidance:
      return "guidance";
    case Field::kCount:
      return "count";
    case Field::kInit:
      return "strength";
    case Field::kSize:
    case Field::kOther:
      return "size.width";
  }
  return "prompt";
}

// Highlights why nothing starts, and moves the keyboard to the field that causes it.
void show_culprit(const Ui& ui) {
  UiState& state = ui.state;
  state.flash_at = ui.frame.now;
  state.focus = culprit(ui.frame.problems);
  state.caret_at_end = false;
  if (state.focus == "negative") state.negative_open = true;
  if (state.focus != "prompt") state.settings_open = true;
}

void generate_if_asked(const Ui& ui) {
  if (!ui.state.generate_asked || ui.state.number_active) return;
  ui.state.generate_asked = false;
  if (!ui.frame.blocked.empty()) return show_culprit(ui);
  ui.actions.jobs.generate({.in_front = ui.state.generate_in_front,
                            .at_s = ui.frame.pressed_at,
                            .repeats = ImGui::GetIO().KeyShift},
                           ui.frame.blocked);
}

// Closes what covers a part of the window, the uppermost first. False when nothing does: a panel
// beside the canvas covers nothing.
bool close_overlay(const Ui& ui) {
  UiState& state = ui.state;
  if (ui.frame.layout.details_are_a_drawer && state.details_open) {
    state.details_open = false;
  } else if (state.mask_tool.on) {
    ui.actions.mask.close_tool();
  } else if (state.plan_open) {
    state.plan_open = false;
  } else {
    return false;
  }
  return true;
}

// Escape closes what is open, or else leaves a field (the widgets do both). Only if there is
// neither does it act on the queue, so that one press does one thing.
void handle_escape(const Ui& ui) {
  if (!ImGui::IsKeyPressed(ImGuiKey_Escape, false)) return;
  const UiState& state = ui.state;
  if (state.popup_was_open || state.item_was_active || ImGui::IsAnyItemActive()) return;
  if (close_overlay(ui)) return;
  if (ImGui::GetIO().KeyShift) {
    ui.actions.jobs.clear_waiting();
  } else {
    ui.actions.jobs.escape(ui.frame.now);
  }
}

// Changes the zoom, if the window has room for it.
void zoom(const Ui& ui, std::optional<double> wanted) {
  if (!wanted) return;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const double scale = ui.scale * *wanted / ui.state.zoom;
  const bool fits = screen.x >= kLeastWidth_px * scale && screen.y >= kLeastHeight_px * scale;
  if (fits || *wanted < ui.state.zoom) ui.state.zoom = *wanted;
}

void handle_zoom(const Ui& ui) {
  constexpr ImGuiKeyChord kCtrl = ImGuiMod_Ctrl;
  if (chord(kCtrl | ImGuiKey_Equal) || chord(kCtrl | ImGuiMod_Shift | ImGuiKey_Equal) ||
      chord(kCtrl | ImGuiKey_KeypadAdd)) {
    zoom(ui, next_zoom(ui.state.zoom, true));
  }
  if (chord(kCtrl | ImGuiKey_Minus) || chord(kCtrl | ImGuiKey_KeypadSubtract))
    zoom(ui, next_zoom(ui.state.zoom, false));
  if (chord(kCtrl | ImGuiKey_0) || chord(kCtrl | ImGuiKey_Keypad0)) zoom(ui, 1);
}

// Keys of the window itself, which also work while a question is open.
void handle_window_keys(const Ui& ui) {
  // Alt alone would move the focus from a text field to a menu bar that does not exist.
  ImGui::SetKeyOwner(ImGuiMod_Alt, ImGui::GetID("alt"));
  handle_zoom(ui);
  if (chord(ImGuiKey_F11)) ui.state.full_screen_asked = true;
  if (chord(ImGuiMod_Ctrl | ImGuiKey_Q)) ui.state.quit_asked = true;
}

void handle_anywhere(const Ui& ui) {
  if (chord(ImGuiMod_Ctrl | ImGuiKey_Enter) || chord(ImGuiMod_Ctrl | ImGuiKey_KeypadEnter)) {
    // Ctrl is often released first; the Enter key that is still down must not insert a line.
    for (const ImGuiKey enter : {ImGuiKey_Enter, ImGuiKey_KeypadEnter}) {
      ImGui::SetKeyOwner(enter, ImGui::GetID("enter"), ImGuiInputFlags_LockUntilRelease);
    }
    ask_generate(ui, false);
  }
  if (chord(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_Enter)) ask_generate(ui, true);
  // An active text field owns the arrow keys, so ownership is ignored here.
  if (ImGui::IsKeyChordPressed(ImGuiMod_Alt | ImGuiKey_UpArrow)) ui.actions.prompt.older();
  if (ImGui::IsKeyChordPressed(ImGuiMod_Alt | ImGuiKey_DownArrow)) ui.actions.prompt.newer();
  if (chord(ImGuiMod_Ctrl | ImGuiKey_1)) ui.state.view.show_actual();
  if (chord(ImGuiMod_Ctrl | ImGuiKey_Tab) || chord(ImGuiKey_F6)) go_to_next_region(ui, false);
  if (chord(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_Tab) || chord(ImGuiMod_Shift | ImGuiKey_F6))
    go_to_next_region(ui, true);
  handle_escape(ui);
}

// Only outside of fields, which have their own undo.
void handle_undo(const Ui& ui) {
  if (ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiKey_Z)) ui.actions.history.undo();
  if (ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_Z) ||
      ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiKey_Y)) {
    ui.actions.history.redo();
  }
}

// Whether a key for a letter, digit or other character was pressed.
bool writes() {
  if (!ImGui::GetIO().InputQueueCharacters.empty()) return true;
  for (int key = ImGuiKey_0; key <= ImGuiKey_Z; ++key) {
    if (ImGui::IsKeyPressed(static_cast<ImGuiKey>(key), false)) return true;
  }
  return false;
}

bool pressed(std::initializer_list<ImGuiKey> keys, bool repeat = false) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](ImGuiKey key) { return ImGui::IsKeyPressed(key, repeat); });
}

void handle_view(const Ui& ui) {
  constexpr double kZoomStep = 1.25;
  if (pressed({ImGuiKey_Equal, ImGuiKey_KeypadAdd}, true)) ui.state.zoom_asked *= kZoomStep;
  if (pressed({ImGuiKey_Minus, ImGuiKey_KeypadSubtract}, true)) ui.state.zoom_asked /= kZoomStep;
  if (pressed({ImGuiKey_Home})) ui.state.view.show_fit();
}

// Starts runs from the shown picture if their buttons are enabled. They need Ctrl: a text typed
// while the canvas has the focus must not start runs, or open lists that take the rest of it.
void handle_leads(const Ui& ui) {
  const auto chord = [](ImGuiKey key) { return ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | key); };
  if (chord(ImGuiKey_R) && ui.frame.vary.blocked.empty()) ui.actions.results.vary();
  if (chord(ImGuiKey_L)) ui.state.finish_asked = true;
  if (chord(ImGuiKey_E)) ui.state.upscale_asked = true;
  if (repaint_results(ui.state) && chord(ImGuiKey_G) && ui.frame.more.blocked.empty())
    ui.actions.results.more();
}

void handle_results(const Ui& ui) {
  if (!repaint_results(ui.state)) return;
  if (ImGui::IsKeyPressed(ImGuiKey_K, false)) ui.actions.results.keep();
  if (ImGui::IsKeyPressed(ImGuiKey_Delete, false)) ui.actions.results.discard();
}

void handle_on_canvas(const Ui& ui) {
  for (std::size_t i = 0; i < ui.frame.cards.size(); ++i) {
    const int digit = static_cast<int>(i);
    if (!pressed({static_cast<ImGuiKey>(ImGuiKey_1 + digit),
                  static_cast<ImGuiKey>(ImGuiKey_Keypad1 + digit)}))
      continue;
    const SizeCard& card = ui.frame.cards[i];
    if (card.state != CardState::kShort) {
      ui.actions.size.choose(card.preset.size);
    } else if (card.suggestion) {
      ui.actions.size.choose_instead(card.preset.size, *card.suggestion);
    }
  }
  if (ImGui::IsKeyPressed(ImGuiKey_LeftArrow)) ui.actions.picture.step(-1);
  if (ImGui::IsKeyPressed(ImGuiKey_RightArrow)) ui.actions.picture.step(1);
  if (ImGui::IsKeyPressed(ImGuiKey_S, false)) ui.actions.settings.use_seed();
  if (ImGui::IsKeyPressed(ImGuiKey_P, false)) ui.actions.settings.use_prompt();
  if (ImGui::IsKeyPressed(ImGuiKey_A, false)) ui.actions.settings.use_all();
  if (ImGui::IsKeyPressed(ImGuiKey_U, false)) ui.actions.start.use_selected();
  if (ImGui::IsKeyPressed(ImGuiKey_M, false)) ui.actions.mask.paint_selected();
  handle_results(ui);
  if (ImGui::IsKeyPressed(ImGuiKey_Tab, false) && !ImGui::GetIO().KeyShift)
    ui.state.row_asked = true;
}

// While a mask is painted the canvas's keys belong to the tool.
void handle_mask_tool(const Ui& ui) {
  MaskTool& tool = ui.state.mask_tool;
  using Shape = MaskTool::Shape;
  if (pressed({ImGuiKey_LeftBracket}, true)) tool.change_brush(false);
  if (pressed({ImGuiKey_RightBracket}, true)) tool.change_brush(true);
  if (pressed({ImGuiKey_B})) {
    tool.shape = Shape::kBrush;
    tool.erases = false;
  }
  if (pressed({ImGuiKey_E, ImGuiKey_X})) tool.erases = !tool.erases;
  if (pressed({ImGuiKey_R})) tool.shape = Shape::kBox;
  if (pressed({ImGuiKey_F})) tool.shape = Shape::kFill;
  if (pressed({ImGuiKey_I})) ui.actions.mask.invert();
  if (pressed({ImGuiKey_Delete})) ui.actions.mask.remove();
  if (pressed({ImGuiKey_M})) ui.actions.mask.close_tool();
  if (!ui.state.canvas_focused) return;
  if (pressed({ImGuiKey_Enter, ImGuiKey_KeypadEnter})) ui.actions.mask.close_tool();
  if (pressed({ImGuiKey_Tab}) && !ImGui::GetIO().KeyShift) ui.state.row_asked = true;
}

}  // namespace

void handle_shortcuts(const Ui& ui) {
  handle_window_keys(ui);
  // A question must be answered before anything behind it changes.
  if (ImGui::GetTopMostPopupModal() == nullptr) handle_anywhere(ui);
  generate_if_asked(ui);
  ui.state.number_active = false;
  const ImGuiIO& io = ImGui::GetIO();
  if (io.WantTextInput || ui.state.popup_was_open) return;
  handle_undo(ui);
  // Reading the clipboard's text also handles copied files and pictures; see Graphics.
  if (ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiKey_V)) {
    const std::string text = ImGui::GetClipboardText();
    // A path to something else is reported; as text it could only be pasted into a field.
    if (const auto path = path_in_clipboard(text)) {
      ui.actions.take_file(*path);
    } else if (!ui.actions.settings.offer_text(text)) {
      ui.actions.pasted.ask(text);
    }
  }
  if (ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiKey_C)) ui.actions.picture.copy();
  if (ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_C))
    ui.actions.picture.copy_path();
  if (!io.KeyCtrl && !io.KeyAlt) handle_view(ui);
  if (ui.state.canvas_focused && !ui.state.mask_tool.on) handle_leads(ui);
  if (io.KeyCtrl || io.KeyAlt || io.KeySuper) return;
  // Also while the focus is on one of the tool's buttons, which do not use letters.
  if (ui.state.mask_tool.on && (ui.state.canvas_focused || ui.state.row_focused))
    return handle_mask_tool(ui);
  if (!ui.state.canvas_focused) return;
  if (writes()) ui.state.undo.typing(ui.frame.now);
  handle_on_canvas(ui);
  ui.state.record();
  ui.state.undo.typing(std::nullopt);
}

}  // namespace headroom
