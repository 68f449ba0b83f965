#include "actions.h"
#include "format.h"
#include "panels.h"
#include "widgets.h"

#include <algorithm>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

// A quiet plate with an icon and a name; returns its width. Not a button: nothing happens on a
// click.
float draw_plate(const Ui& ui, ImVec2 at, float height, const std::string& icon,
                 const std::string& name, float most, const std::string& tip) {
  const TextStyle style{ui.colors.text, 13};
  const std::string shown = fit_text(ui, name, style, most - ui.px(42));
  const float width = text_width(ui, shown, style) + ui.px(42);
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({width, height});
  tooltip(ui, tip);
  ImGui::GetWindowDrawList()->AddRectFilled(at, {at.x + width, at.y + height}, ui.colors.field,
                                            ui.px(6));
  draw_text(ui, {at.x + ui.px(11), at.y + ui.px(6)}, icon, {ui.colors.text_faint, 12});
  draw_text(ui, {at.x + ui.px(30), at.y + ui.px(5)}, shown, style);
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

void draw_job(const Ui& ui, const JobStatus& job) {
  const float width = ui.px(340);
  const float height = ui.px(44);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const TextStyle name{ui.colors.text, 13};
  const TextStyle detail{job.running ? ui.colors.ring : ui.colors.text_faint, kSmallSize};
  draw_text(ui, {at.x, at.y + ui.px(3)}, fit_text(ui, job.request.prompt, name, width - ui.px(44)),
            name);
  draw_text(ui, {at.x, at.y + ui.px(22)}, describe(ui, job), detail);
  ImGui::SetCursorScreenPos({at.x + width - ui.px(32), at.y + ui.px(6)});
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

void draw_queue_popup(const Ui& ui) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(16), ui.px(14)));
  const bool open = ImGui::BeginPopup("queue_popup");
  ImGui::PopStyleVar();
  if (!open) return;
  if (ImGui::IsKeyPressed(ImGuiKey_Escape)) ImGui::CloseCurrentPopup();
  section(ui, ui.t("queue.title"));
  if (ui.frame.jobs.empty()) {
    paragraph(ui, ui.t("queue.empty"), {ui.colors.text_dim, 13});
    ImGui::Dummy({ui.px(260), 1});
  }
  for (const JobStatus& job : ui.frame.jobs) draw_job(ui, job);
  const bool waiting = std::any_of(ui.frame.jobs.begin(), ui.frame.jobs.end(),
                                   [](const JobStatus& job) { return !job.running; });
  if (waiting && button(ui, {.name = "queue.clear",
                             .label = ui.t("queue.clear") + "   Shift+Esc",
                             .tip = ui.t("tip.queue.clear"),
                             .size = {ui.px(340), ui.px(32)},
                             .text_size = 13})) {
    ui.actions.clear_waiting();
  }
  ImGui::EndPopup();
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
  draw_text(ui, {x0 + ui.px(16), y + ui.px(4)}, "Headroom", {ui.colors.text, 15, true});

  const float most = (right - x0) * 0.27F;
  float x = x0 + ui.px(108);
  const ModelInfo& info = ui.services.model;
  const std::string model = info.is_starter ? ui.t("top.starter") : info.name;
  x += draw_plate(ui, {x, y}, height, ICON_FA_CUBE, model, most,
                  fill(ui.t("tip.model"), {ui.services.model.path})) +
       ui.px(8);
  draw_plate(ui, {x, y}, height, ICON_FA_MICROCHIP, device_label(ui.services.device_name), most,
             fill(ui.t("tip.device"), {ui.frame.memory.source}));

  const float square = ui.px(36);
  const float language = ui.px(74);
  x = right - ui.px(16) - square;
  ImGui::SetCursorScreenPos({x, y});
  if (button(ui, {.name = "theme",
                  .label = ICON_FA_CIRCLE_HALF_STROKE,
                  .tip = ui.t(ui.state.dark ? "tip.theme.light" : "tip.theme.dark"),
                  .size = {square, height},
                  .text_size = 13})) {
    ui.state.dark = !ui.state.dark;
  }
  x -= language + ui.px(8);
  ImGui::SetCursorScreenPos({x, y});
  if (button(ui, {.name = "language",
                  .label = "中 / EN",
                  .tip = ui.t("tip.language"),
                  .size = {language, height},
                  .text_size = 13})) {
    ui.state.language = ui.state.language == "en" ? "zh" : "en";
  }
  const std::string count = std::to_string(ui.frame.jobs.size());
  const TextStyle style{ui.colors.text, 13};
  const float width = text_width(ui, ui.t("queue.button") + "   " + count, style) + ui.px(30);
  x -= width + ui.px(8);
  ImGui::SetCursorScreenPos({x, y});
  if (button(ui,
             {.name = "queue", .label = " ", .tip = ui.t("tip.queue"), .size = {width, height}})) {
    ImGui::OpenPopup("queue_popup");
  }
  draw_text(ui, {x + ui.px(13), y + ui.px(5)}, ui.t("queue.button"), style);
  draw_text_right(ui, x + width - ui.px(13), y + ui.px(5), count,
                  {ui.frame.jobs.empty() ? ui.colors.text_faint : ui.colors.ring, 13, true});
  ImGui::SetNextWindowPos({x + width, y + height + ui.px(6)}, ImGuiCond_Always, {1, 0});
  draw_queue_popup(ui);
  ImGui::End();
}

}  // namespace headroom
