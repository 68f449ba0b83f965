#include "headroom/core/bytes.h"
#include "headroom/core/languages.h"
#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

constexpr int kPromptLines = 5;

// The part of the prompt that fits into `kPromptLines` lines of this width.
std::string fit_prompt(const Ui& ui, std::string prompt, float width) {
  std::replace(prompt.begin(), prompt.end(), '\n', ' ');
  const auto fits = [&](std::size_t characters) {
    return text_lines(ui, shorten(prompt, characters), {0, kTextSize}, width) <= kPromptLines;
  };
  std::size_t most = 400;
  if (fits(most)) return shorten(prompt, most);
  std::size_t few = 1;
  while (most - few > 1) {
    const std::size_t middle = (few + most) / 2;
    (fits(middle) ? few : most) = middle;
  }
  return shorten(prompt, few);
}

// The prompt, a few lines high; the tooltip has all of it.
void draw_prompt(const Ui& ui, const std::string& prompt) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(11), ui.px(8)));
  ImGui::PushStyleVar(ImGuiStyleVar_ChildRounding, ui.px(8));
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ui.colors.field);
  // Whole lines, with the line height of paragraph().
  const float line = std::round(
      kTextSize * static_cast<float>(language_of(ui.state.language).line_of_em) * ui.scale);
  const float width = ImGui::GetContentRegionAvail().x;
  const std::string shown = fit_prompt(ui, prompt, width - ui.px(22));
  ImGui::SetNextWindowSizeConstraints({width, line}, {width, kPromptLines * line + ui.px(16)});
  ImGui::BeginChild("made_prompt", {width, 0},
                    ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_AlwaysUseWindowPadding,
                    ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoNav);
  paragraph(ui, shown, {ui.colors.text, kTextSize});
  ImGui::EndChild();
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(2);
  copy_on_click(ui, "value.prompt", prompt);
  tooltip(ui, was_copied(ui, "value.prompt") ? ui.t("value.copied")
                                             : prompt + "\n\n" + ui.t("tip.copy"));
}

// `index`: which of the request's pictures it is.
void draw_request_rows(const Ui& ui, const GenerationRequest& r, int index,
                       const std::string& seed) {
  value_row(ui, "picture.size", to_string(Size{r.width, r.height}));
  value_row(ui, "picture.seed", seed);
  value_row(ui, "picture.steps", std::to_string(r.steps) + " · " + format_number(r.guidance_scale));
  if (r.init) {
    value_row(ui, "picture.start", r.init->file.name + " · " + format_number(r.strength),
              {.tip = r.init->file.path});
  }
  if (r.origin) {
    value_row(ui, "picture.origin", r.origin->file.name, {.tip = r.origin->how});
  }
  if (r.variation) {
    const std::uint64_t other = r.variation->seed + static_cast<std::uint64_t>(index);
    value_row(ui, "picture.variation",
              std::to_string(other) + " · " + format_number(r.variation->strength));
  }
  if (r.guidance_scale > 0 && !r.negative_prompt.empty()) {
    value_row(ui, "picture.negative", shorten(r.negative_prompt, 120));
  }
}

std::string times(const Ui& ui, const RunRecord& run_record) {
  std::string text;
  for (std::size_t i = 0; i < kStageCount; ++i) {
    if (run_record.stage_seconds[i] <= 0) continue;
    if (!text.empty()) text += "\n";
    text += ui.t("stage." + std::string(kStages[i].name)) + "  " +
            format_seconds(run_record.stage_seconds[i], ui.text);
  }
  return text;
}

// Planned and actual memory; if the plan was changed, both plans: "171 → re-planned 19 MB",
// "actual 46 MB".
void draw_memory(const Ui& ui, const RunRecord& run_record) {
  const std::int64_t predicted = run_record.plan.peak_bytes;
  const std::int64_t actual = run_record.actual_peak_bytes;
  if (predicted <= 0 && actual <= 0) return;
  if (run_record.changes.empty()) {
    value_row(ui, "picture.peak", format_of(predicted, actual),
              {.color = actual > predicted + predicted / 200 ? ui.colors.warn : 0,
               .tip = ui.t("tip.peak")});
    return;
  }
  const PlanChange& last = run_record.changes.back();
  std::string how;
  for (const std::string& option : last.execution) how += "\n· " + option_name(option, ui.text);
  const std::string tip = ui.t("tip.replanned") + how;
  const auto [before, after] = format_pair(predicted, last.peak_bytes);
  value_row(ui, "picture.memory", fill(ui.t("picture.replanned"), {before, after}), {.tip = tip});
  value_row(ui, "", fill(ui.t("picture.actual"), {format_bytes(actual)}), {.tip = tip});
}

// How a run goes, one option to a row.
void draw_execution(const Ui& ui, const Plan& plan) {
  int index = 0;
  for (const std::string& option : plan.execution) {
    value_row(ui, index == 0 ? "picture.rungs" : "", option_name(option, ui.text),
              {.index = index});
    ++index;
  }
}

void draw_rows(const Ui& ui, const FinishedPicture& p) {
  const RunRecord& run_record = p.picture.run_record;
  const std::string host = host_text(run_record.plan, ui.text);
  draw_request_rows(ui, p.request, p.picture.index, std::to_string(p.picture.seed));
  draw_memory(ui, run_record);
  if (!host.empty()) value_row(ui, "picture.host", host, {.tip = ui.t("tip.host")});
  if (p.request.upscale && run_record.plan.execution != option_names({}))
    draw_execution(ui, run_record.plan);
  double seconds = 0;
  for (const double s : run_record.stage_seconds) seconds += s;
  if (seconds > 0)
    value_row(ui, "picture.time", format_seconds(seconds, ui.text), {.tip = times(ui, run_record)});
  const ModelInfo& model = ui.frame.opened->model;
  if (!run_record.model.empty()) {
    const bool starter = model.is_starter && run_record.model == model.name;
    value_row(ui, "picture.model", starter ? ui.t("top.starter") : run_record.model);
  }
  if (!run_record.device.empty()) {
    value_row(ui, "picture.device",
              device_label(run_record.device) +
                  (run_record.dtype.empty() ? "" : " · " + run_record.dtype));
  }
  if (!p.file.empty())
    value_row(ui, "picture.file", p.file.filename().string(), {.tip = p.file.string()});
}

void draw_unsaved(const Ui& ui, const FinishedPicture& p) {
  paragraph(ui, fill(ui.t("picture.unsaved"), {ui.text.words(p.save_error)}),
            {ui.colors.bad, kSmallSize});
  if (button(ui, {.name = "save_again",
                  .label = std::string(ICON_FA_FLOPPY_DISK) + "  " + ui.t("picture.save_again"),
                  .tip = ui.t("tip.save_again"),
                  .disabled = ui.services.save_again ? std::string() : ui.t("why.save_again"),
                  .kind = ButtonKind::kAccent,
                  .size = {ImGui::GetContentRegionAvail().x, ui.px(32)},
                  .text_size = 13})) {
    ui.actions.saving.save_again();
  }
}

void draw_buttons(const Ui& ui, const FinishedPicture& p) {
  const float gap = ui.px(8);
  const float half = (ImGui::GetContentRegionAvail().x - gap) / 2;
  const ImVec2 size{half, ui.px(32)};
  const bool saved = !p.file.empty();
  const std::string no_file = saved ? std::string() : ui.t("why.no_file");
  if (button(ui, {.name = "use_settings",
                  .label = ui.t("picture.use"),
                  .tip = ui.t("tip.use_settings"),
                  .size = size,
                  .text_size = 13})) {
    ui.actions.settings.use_all();
  }
  ImGui::SameLine(0, gap);
  if (button(ui, {.name = "reuse_seed",
                  .label = ui.t("picture.reuse_seed"),
                  .tip = ui.t("tip.reuse_seed"),
                  .size = size,
                  .text_size = 13})) {
    ui.actions.settings.use_seed();
  }
  if (button(ui, {.name = "copy_picture",
                  .label = ui.t("picture.copy"),
                  .tip = ui.t("tip.copy_picture"),
                  .size = size,
                  .text_size = 13})) {
    ui.actions.picture.copy();
  }
  ImGui::SameLine(0, gap);
  if (button(ui, {.name = "copy_path",
                  .label = ui.t("picture.copy_path"),
                  .tip = ui.t("tip.copy_path"),
                  .disabled = no_file,
                  .size = size,
                  .text_size = 13})) {
    ui.actions.picture.copy_path();
  }
  if (button(ui, {.name = "show_in_folder",
                  .label = ui.t("picture.show"),
                  .tip = ui.t(saved ? "tip.show_in_folder" : "tip.show_output_folder"),
                  .size = {2 * half + gap, ui.px(32)},
                  .text_size = 13})) {
    ui.actions.picture.show_in_folder();
  }
}

// The seed of the picture being made; known once the run has begun.
std::string seed_text(const Ui& ui, const JobStatus& job) {
  const auto first = job.seed ? job.seed : job.request.seed;
  if (!first) return ui.t("seed.random");
  return std::to_string(
      job.request.variation ? *first : *first + static_cast<std::uint64_t>(job.image_index));
}

void draw_running(const Ui& ui, const JobStatus& job) {
  section(ui, ui.t("picture.making"));
  draw_prompt(ui, job.request.prompt);
  ImGui::Dummy({0, ui.px(2)});
  draw_request_rows(ui, job.request, job.image_index, seed_text(ui, job));
  if (job.request.count > 1) value_row(ui, "count.label", std::to_string(job.request.count));
  if (!job.plan) return;
  value_row(ui, "picture.predicted", format_bytes(job.plan->peak_bytes));
  draw_execution(ui, *job.plan);
}

void draw_keys(const Ui& ui) {
  section(ui, ui.t("keys.label"));
  constexpr std::array<std::array<const char*, 2>, 23> kKeys{{{"Ctrl+Enter", "keys.generate"},
                                                              {"Ctrl+Shift+Enter", "keys.front"},
                                                              {"Esc", "keys.cancel"},
                                                              {"Shift+Esc", "keys.clear"},
                                                              {"Alt+↑ ↓", "keys.history"},
                                                              {"1 … 5", "keys.presets"},
                                                              {"← →", "keys.pictures"},
                                                              {"S  P  A", "keys.reuse"},
                                                              {"U", "keys.use_image"},
                                                              {"M", "keys.mask"},
                                                              {"Ctrl+R", "keys.vary"},
                                                              {"Ctrl+L", "keys.finish"},
                                                              {"Ctrl+E", "keys.upscale"},
                                                              {"C", "keys.compare"},
                                                              {"Home  Ctrl+1  + −", "keys.zoom"},
                                                              {"Ctrl+C", "keys.copy"},
                                                              {"Ctrl+Shift+C", "keys.copy_path"},
                                                              {"Tab", "keys.tab"},
                                                              {"F6", "keys.regions"},
                                                              {"↑ ↓", "keys.number"},
                                                              {"Ctrl+ +  −  0", "keys.size"},
                                                              {"F11", "keys.full"},
                                                              {"Ctrl+Q", "keys.quit"}}};
  for (const auto& [key, what] : kKeys) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    const TextStyle key_style{ui.colors.text_dim, kSmallSize};
    const float left = draw_text_right(ui, at.x + width, at.y + ui.px(2), key, key_style);
    draw_text(ui, {at.x, at.y + ui.px(2)},
              fit_text(ui, ui.t(what), {0, kSmallSize}, left - at.x - ui.px(8)),
              {ui.colors.text_faint, kSmallSize});
    ImGui::Dummy({width, ui.px(20)});
  }
}

}  // namespace

void draw_picture_panel(const Ui& ui, const Rect& area) {
  const bool drawer = ui.frame.layout.details_are_a_drawer;
  begin_panel(ui, drawer ? "drawer" : "right", area, ui.colors.panel, {ui.px(16), ui.px(12)}, 0,
              drawer);
  if (drawer) {
    const auto left = static_cast<float>(area.x);
    const auto top = static_cast<float>(area.y);
    ImGui::GetWindowDrawList()->AddRectFilled(
        {left, top}, {left + ui.px(1), top + static_cast<float>(area.h)}, ui.colors.edge);
  }
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(8), ui.px(6)));
  const JobStatus* const running = ui.frame.running();
  const FinishedPicture* const picture = ui.state.selected_picture();
  if (ui.state.live && running != nullptr) {
    draw_running(ui, *running);
  } else if (picture != nullptr) {
    section(ui, ui.t("picture.label"));
    draw_prompt(ui, picture->request.prompt);
    ImGui::Dummy({0, ui.px(2)});
    draw_rows(ui, *picture);
    ImGui::Dummy({0, ui.px(4)});
    if (!picture->save_error.empty()) draw_unsaved(ui, *picture);
    draw_buttons(ui, *picture);
  } else {
    section(ui, ui.t("picture.label"));
    paragraph(ui, ui.t("picture.none"), {ui.colors.text_dim, 13});
    ImGui::Dummy({0, ui.px(10)});
    draw_keys(ui);
  }
  ImGui::PopStyleVar();
  ImGui::End();
}

}  // namespace headroom
