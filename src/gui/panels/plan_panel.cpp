#include "headroom/core/bytes.h"

#include "actions.h"
#include "format.h"
#include "panels.h"
#include "widgets.h"

#include <algorithm>
#include <cmath>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

constexpr double kNoticeable_s = 0.05;

// "saves 1.9 GB, costs 2.1 s", "makes it 0.4 s faster": what a rung does for the plan, as far as is
// known.
std::string effect_text(const Ui& ui, const RungEffect& effect) {
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

// The same in a few letters: "−1.9 GB  +2.1 s".
std::string short_effect(const Ui& ui, const RungEffect& effect) {
  std::string text;
  if (effect.saved_bytes >= kMiB / 2) text = "−" + format_bytes(effect.saved_bytes);
  if (std::abs(effect.seconds) < kNoticeable_s) return text;
  if (!text.empty()) text += "  ";
  return text + (effect.seconds > 0 ? "+" : "−") +
         format_seconds(std::abs(effect.seconds), ui.text);
}

void draw_effect_table(const Ui& ui, const Plan& plan) {
  if (plan.rung_effects.empty()) {
    for (const std::string& rung : plan.rungs)
      ImGui::TextUnformatted(rung_name(rung, ui.text).c_str());
    return;
  }
  if (!ImGui::BeginTable("rungs", 2, ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_PadOuterX))
    return;
  for (const RungEffect& effect : plan.rung_effects) {
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(rung_name(effect.rung, ui.text).c_str());
    ImGui::TableNextColumn();
    ImGui::TextColored(ImGui::ColorConvertU32ToFloat4(ui.colors.text_dim), "%s",
                       effect_text(ui, effect).c_str());
  }
  ImGui::EndTable();
}

// The plan by rung and by stage, for the tooltip.
void draw_plan_table(const Ui& ui, const Plan& plan) {
  draw_effect_table(ui, plan);
  ImGui::Spacing();
  if (ImGui::BeginTable("stages", 5, ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_PadOuterX)) {
    for (const char* const key :
         {"stages.name", "stages.weights", "stages.working", "stages.peak", "stages.time"}) {
      ImGui::TableNextColumn();
      ImGui::TextColored(ImGui::ColorConvertU32ToFloat4(ui.colors.text_faint), "%s",
                         ui.t(key).c_str());
    }
    for (const StagePlan& stage : plan.stages) {
      const std::string cells[] = {
          ui.t("stage." + std::string(stage_name(stage.stage))), format_bytes(stage.weights_bytes),
          format_bytes(stage.activation_bytes + stage.workspace_bytes),
          format_bytes(stage.peak_bytes),
          stage.seconds > 0 ? format_seconds(stage.seconds, ui.text) : "–"};
      for (const std::string& cell : cells) {
        ImGui::TableNextColumn();
        ImGui::TextUnformatted(cell.c_str());
      }
    }
    ImGui::EndTable();
  }
}

void draw_rows(const Ui& ui, const Forecast& forecast, float right) {
  const TextStyle dim{ui.colors.text_dim, kSmallSize};
  const ImVec2 at = ImGui::GetCursorScreenPos();
  float y = at.y;
  const auto row = [&](const std::string& left, const std::string& value, ImU32 color) {
    const float edge =
        value.empty() ? right
                      : draw_text_right(ui, right, y, value, {ui.colors.text_faint, kSmallSize});
    draw_text(ui, {at.x, y}, fit_text(ui, left, {color, kSmallSize}, edge - at.x - ui.px(8)),
              {color, kSmallSize});
    y += ui.px(18);
  };
  if (!forecast.fits) {
    row(fill(ui.t("plan.short"), {format_missing(forecast.shortfall_bytes)}), {}, ui.colors.bad);
    row(fill(ui.t("plan.budget"),
             {format_bytes(std::max<std::int64_t>(0, forecast.budget.budget_bytes))}),
        {}, ui.colors.text_dim);
  } else if (forecast.plan.rung_effects.empty()) {
    for (const std::string& rung : forecast.plan.rungs)
      row(rung_name(rung, ui.text), {}, ui.colors.text);
  }
  if (forecast.fits) {
    // All of them would push what is below out of the window; the tooltip has them.
    constexpr std::size_t kMostRows = 4;
    const auto& effects = forecast.plan.rung_effects;
    const std::size_t shown = effects.size() > kMostRows ? kMostRows - 1 : effects.size();
    for (std::size_t i = 0; i < shown; ++i) {
      row(rung_name(effects[i].rung, ui.text), short_effect(ui, effects[i]),
          is_slow_rung(effects[i].rung) ? ui.colors.warn : ui.colors.text);
    }
    if (shown < effects.size()) {
      row(fill(ui.t("plan.more"), {std::to_string(effects.size() - shown)}), {},
          ui.colors.text_dim);
    }
    if (ui.state.draft.count > 1)
      row(fill(ui.t("plan.count"), {std::to_string(ui.state.draft.count)}), {}, dim.color);
  }
  ImGui::Dummy({1, y - at.y});
}

}  // namespace

void draw_plan_panel(const Ui& ui) {
  const Forecast* const forecast = ui.frame.forecast;
  ImGui::Dummy({0, 0});
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.ChannelsSplit(2);  // the plate goes behind rows whose height is known only afterwards
  list.ChannelsSetCurrent(1);
  ImGui::SetCursorScreenPos({at.x + ui.px(12), at.y + ui.px(10)});
  ImGui::PushItemFlag(ImGuiItemFlags_NoNav, true);
  ImGui::BeginGroup();
  const float right = at.x + width - ui.px(12);
  std::string peak;
  ImU32 color = 0;
  if (forecast != nullptr) {
    peak = fill(ui.t("plan.peak"), {format_bytes(forecast->plan.peak_bytes)});
    if (forecast->fits && forecast->plan.seconds > 0)
      peak += "  ·  " + format_about(forecast->plan.seconds, ui.text);
    color = state_color(ui, state_of(forecast));
  }
  const ImVec2 head = ImGui::GetCursorScreenPos();
  section(ui, ui.t("plan.label"));
  draw_text_right(ui, right, head.y, peak, {color, kSmallSize});
  if (forecast != nullptr) {
    draw_rows(ui, *forecast, right);
  } else {
    paragraph(ui, ui.t("plan.pending"), {ui.colors.text_faint, kSmallSize});
  }
  ImGui::EndGroup();
  name_item(ui, "plan");
  ImGui::PopItemFlag();
  const float bottom = ImGui::GetItemRectMax().y + ui.px(3);
  list.ChannelsSetCurrent(0);
  list.AddRectFilled(at, {at.x + width, bottom + ui.px(4)}, ui.colors.field, ui.px(8));
  list.ChannelsMerge();
  if (forecast != nullptr && forecast->fits && !forecast->plan.stages.empty() &&
      ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip) && begin_tip(ui)) {
    draw_plan_table(ui, forecast->plan);
    end_tip();
  }
  if (forecast != nullptr && !forecast->fits && forecast->suggestion) {
    const std::string size = to_string(*forecast->suggestion);
    ImGui::SetCursorScreenPos({right - ui.px(104), at.y + ui.px(30)});
    if (button(ui, {.name = "size.suggest",
                    .label = fill(ui.t("plan.use"), {size}),
                    .tip = fill(ui.t("tip.use"), {size}),
                    .kind = ButtonKind::kAccent,
                    .size = {ui.px(104), ui.px(28)},
                    .text_size = kSmallSize})) {
      ui.actions.choose_size(*forecast->suggestion);
    }
  }
  take_room(at, bottom + ui.px(4) - at.y);
}

void draw_generate_panel(const Ui& ui) {
  const JobStatus* const running = ui.frame.running();
  const bool busy = !ui.frame.jobs.empty();
  const float width = ImGui::GetContentRegionAvail().x;
  const float cancel = ui.px(100);
  const float height = ui.px(42);
  const std::string label = busy
                                ? fill(ui.t("generate.add"), {std::to_string(ui.frame.jobs.size())})
                                : ui.t("generate.label");
  if (button(ui, {.name = "generate",
                  .label = label,
                  .tip = ui.t(busy ? "tip.add" : "tip.generate"),
                  .disabled = ui.frame.blocked,
                  .kind = ButtonKind::kAccent,
                  .size = {width - cancel - ui.px(8), height},
                  .bold = true,
                  .text_size = 14.5F})) {
    ui.actions.generate(false, ui.frame.blocked);
  }
  ImGui::SameLine(0, ui.px(8));
  const bool cancelling = running != nullptr && running->cancelling;
  if (button(ui, {.name = "cancel",
                  .label = ui.t(cancelling ? "cancel.now" : "cancel.label"),
                  .tip = ui.t("tip.cancel"),
                  .disabled = !busy        ? ui.t("why.cancel")
                              : cancelling ? ui.t("why.cancelling")
                                           : std::string(),
                  .size = {cancel, height}})) {
    ui.actions.cancel_running();
  }
}

}  // namespace headroom
