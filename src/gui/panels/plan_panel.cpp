#include "headroom/core/bytes.h"

#include "actions.h"
#include "format.h"
#include "panels.h"
#include "widgets.h"

#include <algorithm>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

// The plan by stage, for the tooltip.
void draw_stage_table(const Ui& ui, const Plan& plan) {
  for (const std::string& rung : plan.rungs)
    ImGui::TextUnformatted(("· " + rung_name(rung, ui.text)).c_str());
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
  const double seconds = forecast.plan.seconds;
  const std::string time = seconds > 0 ? format_about(seconds, ui.text) : std::string();
  if (!forecast.fits) {
    row(fill(ui.t("plan.short"), {format_bytes(forecast.shortfall_bytes)}), {}, ui.colors.bad);
    row(fill(ui.t("plan.budget"),
             {format_bytes(std::max<std::int64_t>(0, forecast.budget.budget_bytes))}),
        {}, ui.colors.text_dim);
  } else {
    constexpr std::size_t kMostRows = 2;  // the tooltip has them all
    const auto& rungs = forecast.plan.rungs;
    for (std::size_t i = 0; i < std::min(kMostRows, rungs.size()); ++i) {
      const ImU32 color = is_slow_rung(rungs[i]) ? ui.colors.warn : ui.colors.text;
      std::string value = i == 0 ? time : std::string();
      if (i + 1 == kMostRows && rungs.size() > kMostRows)
        value = fill(ui.t("plan.more"), {std::to_string(rungs.size() - kMostRows)});
      row(rung_name(rungs[i], ui.text), value, color);
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
    color = load_color(ui, forecast->fits
                               ? load_of(forecast->plan.peak_bytes, forecast->budget.budget_bytes)
                               : Load::kTooMuch);
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
  ImGui::PopItemFlag();
  const float bottom = ImGui::GetItemRectMax().y + ui.px(3);
  list.ChannelsSetCurrent(0);
  list.AddRectFilled(at, {at.x + width, bottom + ui.px(4)}, ui.colors.field, ui.px(8));
  list.ChannelsMerge();
  if (forecast != nullptr && forecast->fits && !forecast->plan.stages.empty() &&
      ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip) && begin_tip(ui)) {
    draw_stage_table(ui, forecast->plan);
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
