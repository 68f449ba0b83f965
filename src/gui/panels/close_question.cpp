#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"
#include "question.h"
#include "save_folder.h"

#include <imgui.h>

namespace headroom {
namespace {

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
    suggest_save_folder(ui);
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
    if (state.unsaved() > 0) {
      const std::size_t kept = state.unsaved_but_kept();
      const std::size_t lost = state.unsaved() - kept;
      if (lost > 0) {
        paragraph(ui, fill(ui.t("close.unsaved"), {std::to_string(lost)}),
                  {ui.colors.bad, kTextSize});
      }
      if (kept > 0) {
        paragraph(ui, fill(ui.t("close.unsaved.kept"), {std::to_string(kept)}),
                  {ui.colors.text_dim, kTextSize});
      }
      draw_save_folder(ui, ButtonKind::kPlain);
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

}  // namespace headroom
