#include "headroom/core/bytes.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

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

}  // namespace

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

}  // namespace headroom
