#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/memory_refusal.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>
#include <string>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

// What the plan does, in a few words: "Layers in main memory: 6".
std::string summary(const Ui& ui, const Forecast& forecast) {
  const auto& execution = forecast.plan.execution;
  if (execution.empty()) return {};
  const auto slow = std::find_if(execution.begin(), execution.end(), is_slow_option);
  const std::string text =
      option_name(slow != execution.end() ? *slow : execution.front(), ui.text);
  return execution.size() == 1
             ? text
             : text + " · " + fill(ui.t("plan.more"), {std::to_string(execution.size() - 1)});
}

// "1024×1024 · 5.3 GB · ≈ 15 s".
std::string line_text(const Ui& ui, const Forecast& forecast) {
  const std::string size = to_string(Size{forecast.plan.width, forecast.plan.height});
  if (!forecast.fits && forecast.shortfall_bytes <= 0) return size;  // the reason is not memory
  return size + " · " +
         (forecast.fits ? needs_text(forecast.plan, ui.text)
                        : need_text(forecast.plan.peak_bytes, forecast.budget));
}

// A remark if there is a problem: "1.4× slower", "0.4 GB short".
std::string line_state(const Ui& ui, const Forecast& forecast) {
  switch (state_of(&forecast)) {
    case CardState::kPending:
    case CardState::kFits:
      return {};
    case CardState::kTight:
      return ui.t("card.tight");
    case CardState::kSlower:
      return forecast.plan.seconds > 0
                 ? fill(ui.t("card.slower.by"), {format_times(forecast.slowdown)})
                 : ui.t("card.slower");
    case CardState::kShort:
      return forecast.shortfall_bytes > 0
                 ? fill(ui.t("card.short"),
                        {missing_text(forecast.plan.peak_bytes, forecast.shortfall_bytes,
                                      forecast.budget)})
                 : std::string();
  }
  return {};
}

void draw_line(const Ui& ui, const Forecast* forecast, ImU32 color, ImVec2 at, float right) {
  const TextStyle style{ui.colors.text, kTextSize, true};
  if (forecast == nullptr) {
    draw_text(ui, at, ui.t("plan.pending"), {ui.colors.text_faint, kTextSize});
    return;
  }
  const std::string state = line_state(ui, *forecast);
  const std::string whole = line_text(ui, *forecast);
  ui.dump.say("plan", whole);
  const TextStyle bold{color, kTextSize, true};
  // Beside the button that offers another size there may only be room for the problem.
  if (!forecast->fits && !state.empty() &&
      text_width(ui, whole + "  " + state, style) > right - at.x) {
    draw_text(ui, at, fit_text(ui, state, bold, right - at.x), bold);
    return;
  }
  const std::string text = fit_text(ui, whole, style, right - at.x);
  draw_text(ui, at, text, style);
  const float x = at.x + text_width(ui, text, style) + ui.px(8);
  if (!state.empty() && x < right - ui.px(24)) {
    const TextStyle coloured{color, kTextSize};
    draw_text(ui, {x, at.y}, fit_text(ui, state, coloured, right - x), coloured);
  }
}

// For example "Repaint masked · 3.9 GB · ≈ 5 s", shortened to fit.
std::string repaint_label(const Ui& ui, float room) {
  const std::string label = ui.t(ui.state.mask ? "generate.repaint" : "generate.extend");
  const Forecast* const forecast = ui.frame.forecast;
  if (forecast == nullptr || !forecast->fits) return label;
  const std::string whole = label + " · " + needs_text(forecast->plan, ui.text);
  const TextStyle style{0, kTitleSize, true};
  return text_width(ui, whole, style) <= room ? whole : label;
}

bool beyond_training(const Ui& ui) {
  return is_beyond_training({ui.state.draft.width, ui.state.draft.height}, ui.frame.opened->model);
}

}  // namespace

std::string plan_words(const Ui& ui) {
  const Forecast& forecast = *ui.frame.forecast;
  const std::string state = line_state(ui, forecast);
  return line_text(ui, forecast) + (state.empty() ? "" : " · " + state);
}

void draw_reason(const Ui& ui) {
  const Forecast* const forecast = ui.frame.forecast;
  if (!ui.frame.blocked.empty()) {
    const bool memory = ui.frame.problems.empty();  // then the dot and the card are already red
    const bool unsaid = !memory && ui.state.draft.prompt.empty() && ui.frame.problems.size() == 1;
    const auto age = static_cast<float>((ui.frame.now - ui.state.flash_at) / UiState::kFlash_s);
    const bool flashes = age >= 0 && age < 1;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.ChannelsSplit(2);
    list.ChannelsSetCurrent(1);
    paragraph(ui, ui.frame.blocked,
              {flashes            ? ui.colors.text
               : memory || unsaid ? ui.colors.text_dim
                                  : ui.colors.bad,
               kSmallSize});
    name_item(ui, "reason");
    keep_clear(ui, item_rect());
    list.ChannelsSetCurrent(0);
    if (flashes) {
      const ImVec2 end = ImGui::GetItemRectMax();
      list.AddRectFilled({at.x - ui.px(6), at.y - ui.px(3)}, {end.x + ui.px(6), end.y + ui.px(3)},
                         faded(ui.colors.bad, 0.55F * (1 - age)), ui.px(5));
    }
    list.ChannelsMerge();
    return;
  }
  const bool beyond = beyond_training(ui);
  const std::string text = beyond                ? ui.t("size.beyond")
                           : forecast == nullptr ? std::string(" ")
                                                 : summary(ui, *forecast);
  const TextStyle style{beyond ? ui.colors.warn : ui.colors.text_faint, kSmallSize};
  paragraph(ui, fit_text(ui, text.empty() ? " " : text, style, ImGui::GetContentRegionAvail().x),
            style);
}

void draw_plan_line(const Ui& ui) {
  const Forecast* const forecast = ui.frame.forecast;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.px(24);
  CardState state = state_of(forecast);
  if (state == CardState::kFits && beyond_training(ui)) state = CardState::kSlower;
  const ImU32 color = state_color(ui, state);

  float right = at.x + width;
  if (forecast != nullptr && !forecast->fits && forecast->suggestion) {
    const std::string size = to_string(*forecast->suggestion);
    const std::string label = fill(ui.t("plan.use"), {size});
    const float wide = text_width(ui, label, {0, kSmallSize}) + ui.px(20);
    ImGui::SetCursorScreenPos({right - wide, at.y});
    if (button(ui, {.name = "size.suggest",
                    .label = label,
                    .tip = fill(ui.t("tip.use"), {size}),
                    .kind = ButtonKind::kAccent,
                    .size = {wide, height},
                    .text_size = kSmallSize})) {
      ui.actions.size.choose(*forecast->suggestion);
    }
    right -= wide + ui.px(8);
  }
  ImGui::SetCursorScreenPos(at);
  if (ImGui::InvisibleButton("##plan", {right - at.x, height}, ImGuiButtonFlags_EnableNav))
    ui.state.plan_open = !ui.state.plan_open;
  offer_hand();
  const bool hovered = ImGui::IsItemHovered();
  name_item(ui, "plan");
  keep_clear(ui, item_rect());
  const bool estimated = forecast != nullptr && forecast->plan.seconds_are_estimated;
  tooltip(ui, ui.t("tip.plan") + (estimated ? "\n\n" + ui.t("tip.estimated") : ""));
  const TextStyle arrow{hovered ? ui.colors.text : ui.colors.text_faint, 10};
  const char* const icon = ui.state.plan_open ? ICON_FA_CHEVRON_DOWN : ICON_FA_CHEVRON_UP;
  const float edge = draw_text_right(ui, right, at.y + ui.px(6), icon, arrow) - ui.px(8);
  ImGui::GetWindowDrawList()->AddCircleFilled({at.x + ui.px(4), at.y + height / 2}, ui.px(4),
                                              color);
  draw_line(ui, forecast, color, {at.x + ui.px(16), at.y + ui.px(4)}, edge);
  take_room(at, height - ui.px(4));
}

void draw_generate_panel(const Ui& ui) {
  const JobStatus* const running = ui.frame.running();
  const bool busy = !ui.frame.jobs.empty();
  const float width = ImGui::GetContentRegionAvail().x;
  const float cancel = ui.px(100);
  const float height = ui.px(40);
  const std::string label =
      busy                  ? fill(ui.t("generate.add"), {std::to_string(ui.frame.jobs.size())})
      : ui.state.repaints() ? repaint_label(ui, width - cancel - ui.px(8 + 24))
                            : ui.t("generate.label");
  if (button(ui, {.name = "generate",
                  .label = label,
                  .tip = ui.t(busy ? "tip.add" : "tip.generate"),
                  .disabled = ui.frame.blocked,
                  .kind = ButtonKind::kAccent,
                  .size = {width - cancel - ui.px(8), height},
                  .bold = true,
                  .text_size = kTitleSize})) {
    ui.actions.jobs.generate({.at_s = ui.frame.pressed_at, .repeats = ImGui::GetIO().KeyShift},
                             ui.frame.blocked);
  }
  keep_clear(ui, item_rect(), /*work=*/false);
  ImGui::SameLine(0, ui.px(8));
  const bool cancelling = running != nullptr && running->cancelling;
  if (button(ui, {.name = "cancel",
                  .label = ui.t(cancelling ? "cancel.now" : "cancel.label"),
                  .tip = ui.t("tip.cancel"),
                  .disabled = !busy        ? ui.t("why.cancel")
                              : cancelling ? ui.t("why.cancelling")
                                           : std::string(),
                  .size = {cancel, height}})) {
    ui.actions.jobs.cancel_running();
  }
  keep_clear(ui, item_rect(), /*work=*/false);
}

}  // namespace headroom
