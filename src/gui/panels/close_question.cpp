#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"
#include "question.h"
#include "save_folder.h"

#include <imgui.h>

namespace headroom {
namespace {

// A paragraph of the question, which tests find by its name.
void tell(const Ui& ui, const std::string& name, const std::string& words, ImU32 color) {
  ui.dump.say(name, words);
  paragraph(ui, words, {color, kTextSize});
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
  tell(ui, "close.forgotten", fill(ui.t("close.forgotten"), {name_forgotten(ui, lost)}),
       ui.colors.bad);
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

// What is being made and what waits.
void draw_jobs(const Ui& ui) {
  const bool running = ui.frame.running() != nullptr;
  const std::size_t waiting = ui.frame.jobs.size() - (running ? 1 : 0);
  std::string jobs = fill(ui.t("close.running"), {running ? "1" : "0", std::to_string(waiting)});
  if (ui.state.forgotten.jobs == 0) jobs += " " + ui.t("close.later");
  tell(ui, "close.jobs", jobs, ui.colors.text_dim);
}

// Pictures that are not saved, and what becomes of them; see rescue_pictures().
void draw_unsaved(const Ui& ui) {
  const UiState& state = ui.state;
  const std::size_t kept = state.unsaved_but_kept();
  const std::size_t others = state.unsaved() - kept;
  const bool are_rescued = state.start_again && ui.services.rescue;
  if (others > 0) {
    const std::string words = ui.t(are_rescued ? "close.unsaved.rescued" : "close.unsaved");
    tell(ui, "close.unsaved", fill(words, {std::to_string(others)}),
         are_rescued ? ui.colors.text_dim : ui.colors.bad);
  }
  if (kept > 0) {
    tell(ui, "close.unsaved.kept", fill(ui.t("close.unsaved.kept"), {std::to_string(kept)}),
         ui.colors.text_dim);
  }
  draw_save_folder(ui, ButtonKind::kPlain);
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
    paragraph(ui, ui.t("close.title"), {ui.colors.text, 15, true});
    if (busy) draw_jobs(ui);
    if (state.unsaved() > 0) draw_unsaved(ui);
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
