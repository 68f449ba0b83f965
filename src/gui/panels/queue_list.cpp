#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/texture_cache.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>
#include <cmath>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

// "512×512 · 3 pictures · seed 42 · waiting".
std::string describe(const Ui& ui, const JobStatus& job) {
  std::string text = to_string(Size{job.request.width, job.request.height});
  if (job.request.count > 1)
    text += " · " + fill(ui.t("unit.pictures"), {std::to_string(job.request.count)});
  const auto seed = job.seed ? job.seed : job.request.seed;
  text += " · " + fill(ui.t("queue.seed"), {seed ? std::to_string(*seed) : ui.t("seed.random")});
  if (job.cancelling) return text + " · " + ui.t("queue.cancelling");
  if (job.running) text += " · " + ui.t("stage." + std::string(stage_name(job.stage)));
  return text;
}

// The job's preview, or a rectangle with its shape.
void draw_look(const Ui& ui, const JobStatus& job, ImVec2 at, float side) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 end{at.x + side, at.y + side};
  list.AddRectFilled(at, end, ui.colors.well, ui.px(4));
  const float inset = ui.px(job.running && job.preview != nullptr ? 0 : 8);
  const auto longest = static_cast<float>(std::max(job.request.width, job.request.height));
  const float w = (side - 2 * inset) * static_cast<float>(job.request.width) / longest;
  const float h = (side - 2 * inset) * static_cast<float>(job.request.height) / longest;
  const ImVec2 low{at.x + (side - w) / 2, at.y + (side - h) / 2};
  const ImVec2 high{low.x + w, low.y + h};
  if (job.running && job.preview != nullptr) {
    list.AddImageRounded(ui.pictures.preview(job.preview).id(), low, high, {0, 0}, {1, 1},
                         IM_COL32_WHITE, ui.px(4));
  } else {
    list.AddRect(low, high, ui.colors.text_dim, ui.px(2), ui.px(1.5F));
  }
}

// Moves the job by as many places as the mouse is rows away, at once, since the mouse may be
// released before the next frame.
void follow_drag(const Ui& ui, const JobStatus& job, ImVec2 at, float row) {
  if (!ImGui::IsItemActive()) return;
  const float away = ImGui::GetIO().MousePos.y - (at.y + row / 2);
  const int places = static_cast<int>((std::abs(away) + row / 2 - ui.px(4)) / row);
  if (places > 0) ui.actions.jobs.move(job.id, away < 0 ? -places : places);
}

// For a waiting job: a handle for dragging, and buttons for up and down.
void draw_order(const Ui& ui, std::size_t index, ImVec2 at, float x, float row) {
  const JobStatus& job = ui.frame.jobs[index];
  const std::string id = std::to_string(job.id);
  const ImVec2 handle{ui.px(20), ui.px(30)};
  ImGui::SetCursorScreenPos({x, at.y + ui.px(5)});
  ImGui::InvisibleButton(("##queue.drag." + id).c_str(), handle);
  const bool lit = ImGui::IsItemHovered() || ImGui::IsItemActive();
  if (lit) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeNS);
  name_item(ui, "queue.drag." + id);
  tooltip(ui, ui.t("tip.queue.drag"));
  draw_text(ui, {x + ui.px(5), at.y + ui.px(13)}, ICON_FA_GRIP_VERTICAL,
            {lit ? ui.colors.text : ui.colors.text_faint, 12});
  follow_drag(ui, job, at, row);
  const bool first = index == 0 || ui.frame.jobs[index - 1].running;
  const bool last = index + 1 == ui.frame.jobs.size();
  const auto step = [&](const std::string& name, const char* icon, const std::string& tip, bool end,
                        int by, float from) {
    ImGui::SetCursorScreenPos({from, at.y + ui.px(5)});
    if (button(ui, {.name = name + id,
                    .label = icon,
                    .tip = tip,
                    .disabled = end ? ui.t("why.queue.end") : std::string(),
                    .kind = ButtonKind::kQuiet,
                    .size = {ui.px(26), ui.px(30)},
                    .text_size = 11})) {
      ui.actions.jobs.move(job.id, by);
    }
  };
  step("queue.up.", ICON_FA_ARROW_UP, ui.t("tip.queue.up"), first, -1, x + ui.px(20));
  step("queue.down.", ICON_FA_ARROW_DOWN, ui.t("tip.queue.down"), last, 1, x + ui.px(46));
}

// One job in `width`: description, state, time, and a button that removes it.
void draw_job(const Ui& ui, std::size_t index, float width) {
  const JobStatus& job = ui.frame.jobs[index];
  const float height = ui.px(48);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float thumb = ui.px(40);
  draw_look(ui, job, at, thumb);
  const float left = at.x + thumb + ui.px(12);
  const float order = ui.px(72);  // width of the handle and its buttons
  const float room = width - thumb - ui.px(52) - (job.running ? 0 : order);
  const TextStyle name{ui.colors.text, kTextSize};
  const TextStyle detail{job.running ? ui.colors.ring : ui.colors.text_dim, kSmallSize};
  draw_text(ui, {left, at.y + ui.px(3)}, fit_text(ui, job.request.prompt, name, room), name);
  std::string below = describe(ui, job);
  if (const auto& needs = ui.frame.job_needs[index])
    below += " · " + format_predicted(needs->seconds, needs->estimated, ui.text);
  draw_text(ui, {left, at.y + ui.px(22)}, fit_text(ui, below, detail, room), detail);
  if (!job.running) draw_order(ui, index, at, at.x + width - ui.px(32) - order, height + ui.px(8));
  ImGui::SetCursorScreenPos({at.x + width - ui.px(32), at.y + ui.px(5)});
  if (button(ui, {.name = "queue.cancel." + std::to_string(job.id),
                  .label = ICON_FA_XMARK,
                  .tip = ui.t(job.running ? "tip.cancel" : "tip.queue.remove"),
                  .disabled = job.cancelling ? ui.t("why.cancelling") : std::string(),
                  .kind = ButtonKind::kQuiet,
                  .size = {ui.px(32), ui.px(30)}})) {
    ui.actions.jobs.cancel(job.id);
  }
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({width, height});
}

// "22 jobs · 1:32 in all", as far as times are known.
std::string total(const Ui& ui) {
  const std::size_t count = ui.frame.jobs.size();
  if (count == 0) return {};
  std::string text = fill(ui.t(count == 1 ? "queue.job" : "queue.jobs"), {std::to_string(count)});
  Frame::Needs all;
  for (const auto& one : ui.frame.job_needs) {
    if (!one) return text;
    all.seconds += one->seconds;
    all.estimated = all.estimated || one->estimated;
  }
  return text + " · " + format_predicted(all.seconds, all.estimated, ui.text);
}

}  // namespace

void draw_queue_list(const Ui& ui) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(16), ui.px(12)));
  const bool open = ImGui::BeginPopup("queue_popup");
  ImGui::PopStyleVar();
  if (!open) return;
  if (ImGui::IsKeyPressed(ImGuiKey_Escape)) ImGui::CloseCurrentPopup();
  const float width = std::min(ui.px(420), ImGui::GetIO().DisplaySize.x - ui.px(64));
  ImGui::Dummy({width, 0});
  const std::string all_jobs = total(ui);
  section(ui, ui.t("queue.title"), all_jobs);
  ui.dump.say("queue", all_jobs);
  if (ui.frame.jobs.empty()) paragraph(ui, ui.t("queue.empty"), {ui.colors.text_dim, kTextSize});
  // Only the list scrolls, not what is above and below it.
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
    ui.actions.jobs.clear_waiting();
  }
  ImGui::EndPopup();
}

}  // namespace headroom
