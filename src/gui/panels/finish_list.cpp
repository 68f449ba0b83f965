#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"
#include "panels/list_over_row.h"

#include <string>

#include <imgui.h>

namespace headroom {
namespace {

using Target = Frame::Finish::Target;

// That is chosen in the list of upscalers, which is there whenever a picture is selected.
const UpscaleOption& upscaler_of(const Ui& ui) {
  return ui.frame.upscaling.targets[ui.frame.upscaling.chosen].option;
}

std::string name_of(const Ui& ui, const Target& target) {
  if (!target.wanted) return ui.t("finish.largest");
  if (const auto* const times = std::get_if<Times>(&*target.wanted))
    return format_number(times->factor) + "×";
  return to_string(*target.size);
}

void draw_targets(const Ui& ui) {
  const Frame::Finish& finish = ui.frame.finish;
  for (std::size_t i = 0; i < finish.targets.size(); ++i) {
    const Target& target = finish.targets[i];
    const Forecast* const forecast = target.lead.forecast;
    const bool fits = forecast == nullptr || forecast->fits;
    const bool is_none = !target.wanted && !fits;
    const std::string size = target.size && !is_none ? to_string(*target.size) : std::string();
    const std::string name = name_of(ui, target);
    if (draw_list_row(ui, {.name = "finish.size." + std::to_string(i),
                           .label = size,
                           .detail = name == size ? std::string() : name,
                           .price = is_none ? ui.t("finish.none") : price_in_list(ui, forecast),
                           .tip = target.lead.blocked.empty() ? host_in_list(ui, forecast)
                                                              : target.lead.blocked,
                           .chosen = i == finish.chosen,
                           .fits = fits})) {
      ui.state.finish.size = target.wanted;
    }
  }
}

void draw_method(const Ui& ui) {
  const float gap = ui.px(6);
  const float width = (ImGui::GetContentRegionAvail().x - 2 * gap) / 3;
  FinishChoice& choice = ui.state.finish;
  const auto way = [&](const char* name, const std::string& label, const std::string& tip,
                       bool refines, bool upscales) {
    const bool chosen = choice.upscales == upscales && (upscales || choice.refines == refines);
    if (button(ui, {.name = name,
                    .label = label,
                    .tip = tip,
                    .kind = chosen ? ButtonKind::kPlain : ButtonKind::kQuiet,
                    .size = {width, ui.px(28)},
                    .text_size = kSmallSize})) {
      choice.upscales = upscales;
      if (!upscales) choice.refines = refines;
      ui.state.upscalers_asked = ui.state.upscalers_asked || upscales;
    }
  };
  way("finish.refine", ui.t("finish.refine"), ui.t("tip.finish.refine"), true, false);
  ImGui::SameLine(0, gap);
  way("finish.same_seed", ui.t("finish.same_seed"), ui.t("tip.finish.same_seed"), false, false);
  ImGui::SameLine(0, gap);
  way("finish.upscaler", ui.t("finish.upscaler"), ui.t("tip.finish.upscaler"), false, true);
  if (choice.refines && !choice.upscales) {
    slider(ui,
           {.name = "finish.strength",
            .label = ui.t("strength.label"),
            .tip = ui.t("tip.finish.strength"),
            .low = 0.05,
            .high = 1,
            .step = 0.05,
            .typed_low = 0.01,
            .typed_high = 1},
           choice.strength);
  }
}

// Remarks on what differs from what the user may expect.
void draw_notes(const Ui& ui) {
  const FinishedPicture& picture = *ui.state.selected_picture();
  const TextStyle style{ui.colors.text_faint, kSmallSize};
  if (ui.state.finish.upscales) {
    const UpscaleOption& upscaler = upscaler_of(ui);
    std::string name = upscaler.name.empty() ? ui.t("upscale.lanczos") : upscaler.name;
    if (const auto denoise = upscale_with(upscaler, ui.state.upscale).denoise)
      name += " · " + ui.t("upscale.denoise") + " " + format_number(*denoise);
    paragraph(ui, fill(ui.t("finish.note.upscaler"), {name}), style);
    return;
  }
  if (!ui.state.finish.refines && picture.request.seed_mode == SeedMode::kPlain)
    paragraph(ui, ui.t("finish.note.seed"), style);
  const std::string& made_with = picture.picture.run_record.model;
  const std::string& model = ui.frame.opened->model.name;
  if (!picture.request.upscale && !made_with.empty() && made_with != model)
    paragraph(ui, fill(ui.t("finish.note.model"), {made_with, model}), style);
}

void draw_start(const Ui& ui) {
  const Frame::Finish& finish = ui.frame.finish;
  const Target& target = finish.targets[finish.chosen];
  const Forecast* const forecast = target.lead.forecast;
  std::string label = ui.t("picture.finish");
  if (forecast != nullptr && forecast->fits)
    label =
        fill(ui.t("finish.start"), {to_string(*target.size)}) + " · " + price_in_list(ui, forecast);
  std::string why = finish.blocked.empty() ? target.lead.blocked : finish.blocked;
  if (why.empty() && !target.size) why = ui.t("why.finish.largest");
  if (draw_list_start(ui, "finish", label, ui.t("tip.finish.start"), why)) {
    if (ui.state.finish.upscales) {
      const int width = ui.state.selected_picture()->request.width;
      Upscale upscale = upscale_with(upscaler_of(ui), ui.state.upscale);
      upscale.scale = target.size->width / width;
      ui.actions.upscale.start(upscale);
    } else {
      ui.actions.finish.start(*target.size);
    }
    ImGui::CloseCurrentPopup();
  }
}

}  // namespace

void draw_finish_list(const Ui& ui, ImVec2 at) {
  ui.state.finish_open = begin_list_over_row(ui, "finish_list", at);
  if (ui.state.finish_open) {
    section(ui, ui.t("finish.label"));
    draw_targets(ui);
    ImGui::Dummy({0, ui.px(2)});
    draw_method(ui);
    draw_notes(ui);
    ImGui::Dummy({0, ui.px(2)});
    draw_start(ui);
  }
  end_list_over_row(ui, ui.state.finish_open);
}

}  // namespace headroom
