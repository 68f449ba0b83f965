#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"
#include "panels/list_over_row.h"

#include <algorithm>
#include <string>

#include <imgui.h>

namespace headroom {
namespace {

using Target = Frame::Upscaling::Target;

std::string name_of(const Ui& ui, const Target& target) {
  return target.option.name.empty() ? ui.t("upscale.lanczos") : target.option.name;
}

// What a program by itself takes is told as such, not as if it took nothing.
std::string price_of(const Ui& ui, const Target& target) {
  const Forecast* const forecast = target.lead.forecast;
  if (!target.option.is_program || forecast == nullptr) return price_in_list(ui, forecast);
  const std::string price = price_in_list(ui, forecast);
  return forecast->plan.seconds > 0 ? ui.t("upscale.program") + " · " + price : price;
}

void draw_targets(const Ui& ui) {
  const Frame::Upscaling& upscaling = ui.frame.upscaling;
  for (std::size_t i = 0; i < upscaling.targets.size(); ++i) {
    const Target& target = upscaling.targets[i];
    const std::string problem = sentence(target.option.problem, ui.text);
    const bool is_broken = !problem.empty();
    const Forecast* const forecast = target.lead.forecast;
    const bool fits = !is_broken && (forecast == nullptr || forecast->fits);
    const std::string price = is_broken ? ui.t("upscale.unusable") : price_of(ui, target);
    if (draw_list_row(ui, {.name = "upscale.model." + std::to_string(i),
                           .label = name_of(ui, target),
                           .price = price,
                           .tip = is_broken                     ? problem
                                  : target.option.is_program    ? ui.t("tip.upscale.program")
                                  : target.lead.blocked.empty() ? host_in_list(ui, forecast)
                                                                : target.lead.blocked,
                           .chosen = i == upscaling.chosen,
                           .fits = fits}) &&
        !is_broken) {
      ui.state.upscale.model = target.option.model;
    }
  }
  UiState::ListHold& hold = ui.state.list_hold;
  // A new row would push down what the mouse points at below the list.
  hold.further = hold.rows && ImGui::GetIO().MousePos.y > ImGui::GetCursorScreenPos().y;
  if (!hold.further) {
    hold.remark = upscaling.is_looking ? ui.t("upscale.looking")
                  : upscaling.targets.size() == 1
                      ? fill(ui.t("upscale.none"), {ui.services.upscaler_folder.string()})
                      : std::string();
  }
  if (!hold.remark.empty()) paragraph(ui, hold.remark, {ui.colors.text_faint, kSmallSize});
}

void draw_scales(const Ui& ui) {
  const Frame::Upscaling& upscaling = ui.frame.upscaling;
  const int most = upscaling.targets[upscaling.chosen].option.most;
  const float gap = ui.px(6);
  const float width = (ImGui::GetContentRegionAvail().x - 2 * gap) / 3;
  for (int scale = 2; scale <= kMaxUpscale; ++scale) {
    const bool chosen = std::min(ui.state.upscale.scale, most) == scale;
    const std::string times = std::to_string(scale) + "×";
    if (scale > 2) ImGui::SameLine(0, gap);
    if (button(ui, {.name = "upscale.scale." + std::to_string(scale),
                    .label = times,
                    .tip = fill(ui.t("tip.upscale.scale"), {times}),
                    .disabled = scale <= most
                                    ? std::string()
                                    : fill(ui.t("why.upscale.scale"), {std::to_string(most) + "×"}),
                    .kind = chosen ? ButtonKind::kPlain : ButtonKind::kQuiet,
                    .size = {width, ui.px(28)},
                    .text_size = kSmallSize})) {
      ui.state.upscale.scale = scale;
    }
  }
}

// How much noise a model removes that can be mixed with one that removes less.
void draw_denoise(const Ui& ui) {
  const Frame::Upscaling& upscaling = ui.frame.upscaling;
  if (!upscaling.targets[upscaling.chosen].option.can_mix) return;
  slider(ui,
         {.name = "upscale.denoise",
          .label = ui.t("upscale.denoise"),
          .tip = ui.t("tip.upscale.denoise"),
          .low = 0,
          .high = 1,
          .step = 0.05,
          .typed_low = 0,
          .typed_high = 1},
         ui.state.upscale.denoise);
}

void draw_start(const Ui& ui) {
  const Frame::Upscaling& upscaling = ui.frame.upscaling;
  const Target& target = upscaling.targets[upscaling.chosen];
  const Forecast* const forecast = target.lead.forecast;
  std::string label = fill(ui.t("upscale.start"), {to_string(target.size)});
  if (forecast != nullptr && forecast->fits) label += " · " + price_of(ui, target);
  const std::string why = upscaling.blocked.empty() ? target.lead.blocked : upscaling.blocked;
  if (draw_list_start(ui, "upscale", label, ui.t("tip.upscale.start"), why)) {
    ui.actions.upscale.start(upscale_with(target.option, ui.state.upscale));
    ImGui::CloseCurrentPopup();
  }
}

}  // namespace

void draw_upscale_list(const Ui& ui, ImVec2 at) {
  const bool was_open = ui.state.upscale_open;
  ui.state.upscale_open = begin_list_over_row(ui, "upscale_list", at);
  if (ui.state.upscale_open && !was_open) ui.state.upscalers_asked = true;
  if (ui.state.upscale_open && !ui.frame.upscaling.targets.empty()) {
    section(ui, ui.t("upscale.label"));
    draw_targets(ui);
    ImGui::Dummy({0, ui.px(2)});
    draw_scales(ui);
    draw_denoise(ui);
    ImGui::Dummy({0, ui.px(2)});
    draw_start(ui);
  }
  end_list_over_row(ui, ui.state.upscale_open);
}

}  // namespace headroom
