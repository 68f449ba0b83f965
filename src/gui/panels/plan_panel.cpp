#include "headroom/core/bytes.h"
#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/memory_refusal.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

constexpr double kNoticeable_s = 0.05;

// "saves 1.9 GB, costs 2.1 s", "makes it 0.4 s faster": an option's effect on the plan, as far as
// it is known.
std::string effect_text(const Ui& ui, const OptionEffect& effect) {
  std::string text;
  if (effect.saved_bytes >= kMiB / 2) {
    text = fill(ui.t("plan.saves"), {format_bytes(effect.saved_bytes)});
  }
  if (std::abs(effect.seconds) < kNoticeable_s) {
    return text.empty() ? ui.t("plan.joint") : text;
  }
  if (!text.empty()) text += ui.t("plan.and");
  return text + fill(ui.t(effect.seconds > 0 ? "plan.costs" : "plan.faster"),
                     {format_seconds(std::abs(effect.seconds), ui.text)});
}

// The same, shortened: "−1.9 GB  +2.1 s".
std::string short_effect(const Ui& ui, const OptionEffect& effect) {
  std::string text;
  if (effect.saved_bytes >= kMiB / 2) text = "−" + format_bytes(effect.saved_bytes);
  if (std::abs(effect.seconds) < kNoticeable_s) return text;
  if (!text.empty()) text += "  ";
  return text + (effect.seconds > 0 ? "+" : "−") +
         format_seconds(std::abs(effect.seconds), ui.text);
}

using StageRow = std::array<std::string, 5>;

// One row per stage, below a row of column names.
std::vector<StageRow> stage_rows(const Ui& ui, const Plan& plan) {
  std::vector<StageRow> rows{{ui.t("stages.name"), ui.t("stages.weights"), ui.t("stages.working"),
                              ui.t("stages.peak"), ui.t("stages.time")}};
  for (const StagePlan& stage : plan.stages) {
    rows.push_back({ui.t("stage." + std::string(stage_name(stage.stage))),
                    format_bytes(stage.weights_bytes),
                    format_bytes(stage.activation_bytes + stage.workspace_bytes),
                    format_bytes(stage.peak_bytes),
                    stage.seconds > 0 ? format_seconds(stage.seconds, ui.text) : "–"});
  }
  return rows;
}

// A table of right-aligned numbers. A column is as wide as its widest text, and the remaining
// width is distributed between the columns; so nothing is cut off beside a scroll bar.
void draw_stage_table(const Ui& ui, const Plan& plan) {
  const std::vector<StageRow> rows = stage_rows(ui, plan);
  std::array<float, 5> widths{};
  float left = ImGui::GetContentRegionAvail().x;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    for (const StageRow& row : rows)
      widths[i] = std::max(widths[i], text_width(ui, row[i], {0, kSmallSize}));
    left -= widths[i];
  }
  const float gap = std::max(0.0F, left / 4);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  float y = at.y;
  float right = at.x;
  for (const StageRow& row : rows) {
    const bool head = &row == &rows.front();
    const TextStyle style{head ? ui.colors.text_faint : ui.colors.text, kSmallSize};
    draw_text(ui, {at.x, y}, row[0], style);
    right = at.x + widths[0];
    for (std::size_t i = 1; i < row.size(); ++i) {
      right += gap + widths[i];
      draw_text_right(ui, right, y, row[i], style);
    }
    y += ui.px(18);
  }
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({right - at.x, y - at.y});
  name_item(ui, "plan.stages");
}

// The second column: what the plan needs of the machine's own memory.
void draw_host(const Ui& ui, const Plan& plan) {
  const std::string text = host_text(plan, ui.text);
  ui.dump.say("plan.host", text);
  if (text.empty()) return;
  paragraph(ui, fill(ui.t("host.beside"), {text}), {ui.colors.text_dim, kSmallSize});
  tooltip(ui, ui.t("tip.host"));
}

void draw_options(const Ui& ui, const Plan& plan) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float right = at.x + ImGui::GetContentRegionAvail().x;
  float y = at.y;
  const auto row = [&](const std::string& option, const std::string& value,
                       const std::string& tip) {
    const TextStyle name{is_slow_option(option) ? ui.colors.warn : ui.colors.text, kSmallSize};
    const float edge =
        value.empty() ? right
                      : draw_text_right(ui, right, y, value, {ui.colors.text_faint, kSmallSize});
    draw_text(ui, {at.x, y},
              fit_text(ui, option_name(option, ui.text), name, edge - at.x - ui.px(8)), name);
    ImGui::SetCursorScreenPos({at.x, y});
    ImGui::Dummy({right - at.x, ui.px(18)});
    tooltip(ui, tip);
    y += ui.px(18);
  };
  if (plan.option_effects.empty()) {
    for (const std::string& option : plan.execution) row(option, {}, {});
  }
  for (const OptionEffect& effect : plan.option_effects) {
    row(effect.option, short_effect(ui, effect),
        option_name(effect.option, ui.text) + "\n" + effect_text(ui, effect));
  }
  take_room(at, y - at.y);
}

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
                        : format_bytes(forecast.plan.peak_bytes));
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

void draw_plan_card(const Ui& ui) {
  const Forecast* const forecast = ui.frame.forecast;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(12), ui.px(8)));
  ImGui::PushStyleVar(ImGuiStyleVar_ChildRounding, ui.px(8));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(8), ui.px(4)));
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ImGui::ColorConvertU32ToFloat4(ui.colors.well));
  const float width = ImGui::GetContentRegionAvail().x;
  // It may take a third of a low window; the rest scrolls.
  const float most = std::max(ui.px(96), ImGui::GetIO().DisplaySize.y * 0.34F);
  ImGui::SetNextWindowSizeConstraints({width, 0}, {width, most});
  ImGui::BeginChild("plan_card", {width, 0},
                    ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_AlwaysUseWindowPadding,
                    ImGuiWindowFlags_NoNav);
  section(ui, ui.t("plan.label"));
  if (forecast == nullptr) {
    paragraph(ui, ui.t("plan.pending"), {ui.colors.text_faint, kSmallSize});
  } else {
    if (forecast->fits) draw_options(ui, forecast->plan);
    if (!forecast->plan.stages.empty()) draw_stage_table(ui, forecast->plan);
    if (forecast->fits) draw_host(ui, forecast->plan);
    if (forecast->fits && ui.state.draft.count > 1) {
      paragraph(ui, fill(ui.t("plan.count"), {std::to_string(ui.state.draft.count)}),
                {ui.colors.text_dim, kSmallSize});
    }
  }
  ImGui::EndChild();
  name_item(ui, "plan.card");
  keep_clear(ui, item_rect());
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(3);
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
