#include "actions.h"
#include "format.h"
#include "panels.h"
#include "pictures.h"
#include "widgets.h"

#include <algorithm>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

// An icon and a name, flat: nothing happens on a click. Returns its width.
float draw_plate(const Ui& ui, ImVec2 at, float height, const std::string& icon,
                 const std::string& name, float most, const std::string& tip) {
  const TextStyle style{ui.colors.text_dim, kTextSize};
  const std::string shown = fit_text(ui, name, style, most - ui.px(20));
  const float width = text_width(ui, shown, style) + ui.px(20);
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({width, height});
  tooltip(ui, tip);
  draw_text(ui, {at.x, at.y + ui.px(7)}, icon, {ui.colors.text_faint, 12});
  draw_text(ui, {at.x + ui.px(20), at.y + ui.px(5)}, shown, style);
  return width;
}

std::string describe(const Ui& ui, const JobStatus& job) {
  const std::string size = to_string(Size{job.request.width, job.request.height});
  const std::string count =
      job.request.count > 1
          ? " · " + fill(ui.t("unit.pictures"), {std::to_string(job.request.count)})
          : std::string();
  if (!job.running) return size + count + " · " + ui.t("queue.waiting");
  if (job.cancelling) return size + count + " · " + ui.t("queue.cancelling");
  return size + count + " · " + ui.t("stage." + std::string(stage_name(job.stage)));
}

// One job in `width`: what, when, how long, and a way out of it.
void draw_job(const Ui& ui, std::size_t index, float width) {
  const JobStatus& job = ui.frame.jobs[index];
  const float height = ui.px(48);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float thumb = ui.px(40);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 end{at.x + thumb, at.y + thumb};
  list.AddRectFilled(at, end, ui.colors.well, ui.px(4));
  if (job.running && job.preview != nullptr) {
    list.AddImageRounded(ui.pictures.preview(job.preview).id(), at, end, {0, 0}, {1, 1},
                         IM_COL32_WHITE, ui.px(4));
  } else {
    const std::string number = std::to_string(index + 1);
    const TextStyle faint{ui.colors.text_faint, kSmallSize};
    draw_text(ui, {at.x + (thumb - text_width(ui, number, faint)) / 2, at.y + ui.px(12)}, number,
              faint);
  }
  const float left = at.x + thumb + ui.px(12);
  const float room = width - thumb - ui.px(56);
  const TextStyle name{ui.colors.text, kTextSize};
  const TextStyle detail{job.running ? ui.colors.ring : ui.colors.text_dim, kSmallSize};
  draw_text(ui, {left, at.y + ui.px(3)}, fit_text(ui, job.request.prompt, name, room), name);
  std::string below = describe(ui, job);
  if (const auto seconds = ui.frame.job_seconds[index])
    below += " · " + format_about(*seconds, ui.text);
  draw_text(ui, {left, at.y + ui.px(22)}, fit_text(ui, below, detail, room), detail);
  ImGui::SetCursorScreenPos({at.x + width - ui.px(32), at.y + ui.px(5)});
  if (button(ui, {.name = "queue.cancel." + std::to_string(job.id),
                  .label = ICON_FA_XMARK,
                  .tip = ui.t(job.running ? "tip.cancel" : "tip.queue.remove"),
                  .disabled = job.cancelling ? ui.t("why.cancelling") : std::string(),
                  .kind = ButtonKind::kQuiet,
                  .size = {ui.px(32), ui.px(30)}})) {
    ui.actions.cancel(job.id);
  }
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({width, height});
}

// "22 jobs · 1:32 in all", as far as times are known.
std::string total(const Ui& ui) {
  const std::size_t count = ui.frame.jobs.size();
  if (count == 0) return {};
  std::string text = fill(ui.t(count == 1 ? "queue.job" : "queue.jobs"), {std::to_string(count)});
  double seconds = 0;
  for (const auto& one : ui.frame.job_seconds) {
    if (!one) return text;
    seconds += *one;
  }
  return text + " · " + format_about(seconds, ui.text);
}

void draw_queue_popup(const Ui& ui) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(16), ui.px(12)));
  const bool open = ImGui::BeginPopup("queue_popup");
  ImGui::PopStyleVar();
  if (!open) return;
  if (ImGui::IsKeyPressed(ImGuiKey_Escape)) ImGui::CloseCurrentPopup();
  const float width = ui.px(344);
  ImGui::Dummy({width, 0});
  section(ui, ui.t("queue.title"), total(ui));
  if (ui.frame.jobs.empty()) paragraph(ui, ui.t("queue.empty"), {ui.colors.text_dim, kTextSize});
  // The list scrolls; what is above and below it does not.
  const float row = ui.px(56);
  const float all = row * static_cast<float>(ui.frame.jobs.size());
  const float most = std::min(7.5F * row, ImGui::GetIO().DisplaySize.y - ui.px(190));
  if (!ui.frame.jobs.empty()) {
    const float bar = all > most ? ui.px(12) : 0;
    ImGui::BeginChild("queue_list", {width + bar, std::min(all, most)});
    for (std::size_t i = 0; i < ui.frame.jobs.size(); ++i) draw_job(ui, i, width);
    ImGui::EndChild();
  }
  const bool waiting = std::any_of(ui.frame.jobs.begin(), ui.frame.jobs.end(),
                                   [](const JobStatus& job) { return !job.running; });
  if (waiting && button(ui, {.name = "queue.clear",
                             .label = ui.t("queue.clear") + "   Shift+Esc",
                             .tip = ui.t("tip.queue.clear"),
                             .size = {width, ui.px(32)},
                             .text_size = kTextSize})) {
    ui.actions.clear_waiting();
  }
  ImGui::EndPopup();
}

// The queue's button at `x`, `y` and its popup below.
void draw_queue(const Ui& ui, float x, float y, float width, float height) {
  const std::string count = std::to_string(ui.frame.jobs.size());
  ImGui::SetCursorScreenPos({x, y});
  if (button(ui,
             {.name = "queue", .label = " ", .tip = ui.t("tip.queue"), .size = {width, height}})) {
    ImGui::OpenPopup("queue_popup");
  }
  draw_text(ui, {x + ui.px(12), y + ui.px(5)}, ui.t("queue.button"), {ui.colors.text, kTextSize});
  draw_text_right(ui, x + width - ui.px(12), y + ui.px(5), count,
                  {ui.frame.jobs.empty() ? ui.colors.text_faint : ui.colors.ring, kTextSize, true});
  ImGui::SetNextWindowPos({x + width, y + height + ui.px(6)}, ImGuiCond_Always, {1, 0});
  draw_queue_popup(ui);
}

// Returns where the buttons begin.
float draw_buttons(const Ui& ui, float right, float y, float height) {
  const float square = ui.px(36);
  const float gap = ui.px(8);
  float x = right - ui.px(16) - square;
  ImGui::SetCursorScreenPos({x, y});
  if (button(ui, {.name = "theme",
                  .label = ICON_FA_CIRCLE_HALF_STROKE,
                  .tip = ui.t(ui.state.dark ? "tip.theme.light" : "tip.theme.dark"),
                  .size = {square, height},
                  .text_size = kTextSize})) {
    ui.state.dark = !ui.state.dark;
  }
  const float language = ui.px(72);
  x -= language + gap;
  ImGui::SetCursorScreenPos({x, y});
  if (button(ui, {.name = "language",
                  .label = "中 / EN",
                  .tip = ui.t("tip.language"),
                  .size = {language, height},
                  .text_size = kTextSize})) {
    ui.state.language = ui.state.language == "en" ? "zh" : "en";
  }
  if (ui.frame.layout.details_are_a_drawer) {
    x -= square + gap;
    ImGui::SetCursorScreenPos({x, y});
    if (button(ui, {.name = "details",
                    .label = ICON_FA_CIRCLE_INFO,
                    .tip = ui.t("tip.details"),
                    .size = {square, height},
                    .text_size = kTextSize})) {
      ui.state.details_open = !ui.state.details_open;
    }
  }
  const std::string count = std::to_string(ui.frame.jobs.size());
  const float width =
      text_width(ui, ui.t("queue.button") + "   " + count, {0, kTextSize}) + ui.px(28);
  x -= width + gap;
  draw_queue(ui, x, y, width, height);
  const float bell = draw_bell(ui, x - gap, y, height);
  return ui.state.folded.empty() ? x : bell;
}

}  // namespace

void draw_top_bar(const Ui& ui, const Rect& area) {
  begin_panel(ui, "top", area, ui.colors.panel, {0, 0}, ImGuiWindowFlags_NoScrollWithMouse);
  const auto x0 = static_cast<float>(area.x);
  const auto y0 = static_cast<float>(area.y);
  const auto right = static_cast<float>(area.x + area.w);
  const auto bottom = static_cast<float>(area.y + area.h);
  ImGui::GetWindowDrawList()->AddRectFilled({x0, bottom - ui.px(1)}, {right, bottom},
                                            ui.colors.line);
  const float height = ui.px(28);
  const float y = y0 + (static_cast<float>(area.h) - height) / 2;
  const TextStyle title{ui.colors.text, kTitleSize, true};
  draw_text(ui, {x0 + ui.px(16), y + ui.px(4)}, "Headroom", title);
  float x = x0 + ui.px(16) + text_width(ui, "Headroom", title) + ui.px(20);
  const float end = draw_buttons(ui, right, y, height) - ui.px(12);

  const ModelInfo& info = ui.services.model;
  const std::string model = info.is_starter ? ui.t("top.starter") : info.name;
  x += draw_plate(ui, {x, y}, height, ICON_FA_CUBE, model, std::min(end - x, ui.px(320)),
                  fill(ui.t("tip.model"), {info.path})) +
       ui.px(20);
  // Half a word of the device would say nothing.
  if (end - x > ui.px(96)) {
    const std::string& source = ui.frame.memory.source;
    draw_plate(
        ui, {x, y}, height, ICON_FA_MICROCHIP, device_label(ui.services.device_name), end - x,
        fill(ui.t("tip.device"), {source.starts_with("CPU") ? ui.t("gauge.memory") : source}));
  }
  ImGui::End();
}

}  // namespace headroom
