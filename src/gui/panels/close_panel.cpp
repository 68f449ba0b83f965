#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"
#include "question.h"

#include <algorithm>

#include <imgui.h>
#include <imgui_stdlib.h>

namespace headroom {
namespace {

void name_folder(const Ui& ui) {
  if (!ImGui::IsWindowAppearing() || !ui.state.save_folder.empty()) return;
  ui.state.save_folder = ui.state.output_folder.value_or(ui.services.output_folder).string();
}

// Asks for a folder for unsaved pictures.
void draw_save_to(const Ui& ui, ButtonKind kind) {
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

// "the prompt, the mask"
std::string name_forgotten(const Ui& ui, const Forgotten& lost) {
  std::string all;
  const auto add = [&](bool is_lost, const std::string& what) {
    if (is_lost) all += (all.empty() ? "" : ui.t("close.forgotten.and")) + what;
  };
  const std::size_t prompts = lost.prompts.size();
  add(prompts == 1, ui.t("close.forgotten.prompt"));
  add(prompts > 1, fill(ui.t("close.forgotten.prompts"), {std::to_string(prompts)}));
  add(lost.negative, ui.t("close.forgotten.negative"));
  add(lost.mask, ui.t("close.forgotten.mask"));
  add(lost.jobs > 0, ui.t("close.forgotten.jobs"));
  return all;
}

// What cannot be saved for the next start, why, and what can be done.
void draw_forgotten(const Ui& ui) {
  const Forgotten& lost = ui.state.forgotten;
  if (!lost.any()) return;
  paragraph(ui, fill(ui.t("close.forgotten"), {name_forgotten(ui, lost)}),
            {ui.colors.bad, kTextSize});
  paragraph(ui, sentence(ui.state.unkept, ui.text), {ui.colors.text_dim, kSmallSize});
  paragraph(ui, ui.t("close.forgotten.way"), {ui.colors.text_dim, kSmallSize});
  if (lost.prompts.empty()) return;
  ImGui::Dummy({0, 0});
  const bool copied = was_copied(ui, "close.copy");
  if (!button(ui, {.name = "close.copy",
                   .label = ui.t(copied ? "value.copied" : "close.copy"),
                   .tip = ui.t("tip.close.copy"),
                   .size = {ui.px(kQuestionWidth), ui.px(31)},
                   .text_size = 13}))
    return;
  std::string all;
  for (const std::string& prompt : lost.prompts) all += (all.empty() ? "" : "\n\n") + prompt;
  ImGui::SetClipboardText(all.c_str());
  ui.state.copied = "close.copy";
  ui.state.copied_at = ui.frame.now;
}

void draw_answers(const Ui& ui, bool busy) {
  UiState& state = ui.state;
  const float gap = ui.px(8);
  const float width =
      busy ? (ui.px(kQuestionWidth) - 2 * gap) / 3 : (ui.px(kQuestionWidth) - gap) / 2;
  const auto answer = [&](const char* name, const std::string& label, const std::string& tip,
                          ButtonKind kind, UiState::Closing closing) {
    if (!button(
            ui,
            {.name = name, .label = label, .tip = tip, .kind = kind, .size = {width, ui.px(36)}}))
      return;
    state.closing = closing;
    ImGui::CloseCurrentPopup();
  };
  if (busy) {
    answer("close.finish", ui.t("close.finish"), ui.t("tip.close.finish"), ButtonKind::kAccent,
           UiState::Closing::kWhenDone);
    ImGui::SameLine(0, gap);
  }
  answer("close.now", ui.t("close.now"), ui.t("tip.close.now"), ButtonKind::kPlain,
         UiState::Closing::kNow);
  ImGui::SameLine(0, gap);
  answer("close.stay", ui.t("close.stay"), ui.t("tip.close.stay"),
         busy ? ButtonKind::kPlain : ButtonKind::kAccent, UiState::Closing::kNo);
}

}  // namespace

void draw_close_question(const Ui& ui) {
  UiState& state = ui.state;
  if (state.closing != UiState::Closing::kAsk) return;
  const bool open = begin_question(ui, "close_question");
  if (open) {
    name_folder(ui);
    const bool busy = !ui.frame.jobs.empty();
    const bool running = ui.frame.running() != nullptr;
    paragraph(ui, ui.t("close.title"), {ui.colors.text, 15, true});
    if (busy) {
      const std::size_t waiting = ui.frame.jobs.size() - (running ? 1 : 0);
      std::string jobs =
          fill(ui.t("close.running"), {running ? "1" : "0", std::to_string(waiting)});
      if (state.forgotten.jobs == 0) jobs += " " + ui.t("close.later");
      paragraph(ui, jobs, {ui.colors.text_dim, kTextSize});
    }
    if (const std::size_t unsaved = state.unsaved(); unsaved > 0) {
      paragraph(ui, fill(ui.t("close.unsaved"), {std::to_string(unsaved)}),
                {ui.colors.bad, kTextSize});
      draw_save_to(ui, ButtonKind::kPlain);
    }
    draw_forgotten(ui);
    ImGui::Dummy({0, ui.px(2)});
    draw_answers(ui, busy);
    if (escape_pressed(ui)) {
      state.closing = UiState::Closing::kNo;
      ImGui::CloseCurrentPopup();
    }
  }
  end_question(open);
}

void draw_save_question(const Ui& ui) {
  UiState& state = ui.state;
  if (!state.save_asked || state.closing == UiState::Closing::kAsk) return;
  const bool open = begin_question(ui, "save_question");
  if (open) {
    name_folder(ui);
    paragraph(ui, fill(ui.t("save.title"), {std::to_string(state.unsaved())}),
              {ui.colors.text, 15, true});
    draw_save_to(ui, ButtonKind::kAccent);
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
