#include "shortcuts.h"

#include "actions.h"

#include <imgui.h>
#include <imgui_internal.h>

namespace headroom {
namespace {

bool chord(ImGuiKeyChord keys) {
  // Over an active text field too: it would take Ctrl+Enter for its own.
  return ImGui::Shortcut(keys, ImGuiInputFlags_RouteGlobal | ImGuiInputFlags_RouteOverFocused |
                                   ImGuiInputFlags_RouteOverActive);
}

void handle_anywhere(const Ui& ui) {
  if (chord(ImGuiMod_Ctrl | ImGuiKey_Enter) || chord(ImGuiMod_Ctrl | ImGuiKey_KeypadEnter)) {
    // Ctrl is often let go first; the Enter that is still down must not become a new line.
    for (const ImGuiKey enter : {ImGuiKey_Enter, ImGuiKey_KeypadEnter}) {
      ImGui::SetKeyOwner(enter, ImGui::GetID("enter"), ImGuiInputFlags_LockUntilRelease);
    }
    ui.actions.generate(false, ui.frame.blocked);
  }
  if (chord(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_Enter))
    ui.actions.generate(true, ui.frame.blocked);
  // Alt alone would move the focus out of a text field to a menu that is not there.
  ImGui::SetKeyOwner(ImGuiMod_Alt, ImGui::GetID("alt"));
  // An active text field owns the arrows, so these are read past it.
  if (ImGui::IsKeyChordPressed(ImGuiMod_Alt | ImGuiKey_UpArrow)) ui.actions.older_prompt();
  if (ImGui::IsKeyChordPressed(ImGuiMod_Alt | ImGuiKey_DownArrow)) ui.actions.newer_prompt();
  if (chord(ImGuiMod_Ctrl | ImGuiKey_0)) ui.state.view.show_fit();
  if (chord(ImGuiMod_Ctrl | ImGuiKey_1)) ui.state.view.show_actual();
  const bool popup = ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopup);
  if (ImGui::IsKeyPressed(ImGuiKey_Escape, false) && !popup) {
    if (ImGui::GetIO().KeyShift) {
      ui.actions.clear_waiting();
    } else {
      ui.actions.cancel_running();
    }
  }
}

void handle_on_canvas(const Ui& ui) {
  for (std::size_t i = 0; i < ui.frame.cards.size(); ++i) {
    if (!ImGui::IsKeyPressed(static_cast<ImGuiKey>(ImGuiKey_1 + static_cast<int>(i)), false))
      continue;
    const SizeCard& card = ui.frame.cards[i];
    if (card.state != CardState::kShort) {
      ui.actions.choose_size(card.preset.size);
    } else if (card.suggestion) {
      ui.actions.choose_instead(card.preset.size, *card.suggestion);
    }
  }
  if (ImGui::IsKeyPressed(ImGuiKey_LeftArrow)) ui.actions.step_selection(-1);
  if (ImGui::IsKeyPressed(ImGuiKey_RightArrow)) ui.actions.step_selection(1);
  if (ImGui::IsKeyPressed(ImGuiKey_S, false)) ui.actions.reuse_seed();
  if (ImGui::IsKeyPressed(ImGuiKey_P, false)) ui.actions.reuse_prompt();
  if (ImGui::IsKeyPressed(ImGuiKey_A, false)) ui.actions.use_settings();
}

}  // namespace

void handle_shortcuts(const Ui& ui) {
  handle_anywhere(ui);
  const ImGuiIO& io = ImGui::GetIO();
  if (!ui.state.canvas_focused || io.WantTextInput) return;
  if (ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiKey_C)) ui.actions.copy_path();
  if (!io.KeyCtrl && !io.KeyAlt && !io.KeySuper) handle_on_canvas(ui);
}

}  // namespace headroom
