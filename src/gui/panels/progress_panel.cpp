#include "headroom/gui_state/format.h"
#include "headroom/gui_state/queue_banners.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>
#include <cmath>

#include <imgui.h>

namespace headroom {
namespace {

std::string headline(const Ui& ui, const JobStatus& job) {
  std::string text =
      ui.t(job.cancelling ? "queue.cancelling" : "stage." + std::string(stage_name(job.stage)));
  if (!job.cancelling && job.stage == Stage::kDenoise && job.total_steps > 0) {
    text += " · " + fill(ui.t("progress.step"),
                         {std::to_string(job.step), std::to_string(job.total_steps)});
  }
  if (!job.cancelling && job.stage == Stage::kUpscale && job.total_steps > 0)
    text += " · " + std::to_string(100 * job.step / job.total_steps) + " %";
  if (pictures_of(job.request) > 1) {
    text += " · " + fill(ui.t("progress.picture"),
                         {std::to_string(job.image_index + 1), std::to_string(job.request.count)});
  }
  return text;
}

// "12 s left"; for several pictures, this one's and the total: "0.2 s · 16 s in all".
std::string time_left(const Ui& ui, const JobStatus& job, const ProgressView& view) {
  const std::string about = view.estimated ? "≈ " : "";
  const std::string all = about + format_seconds(*view.seconds_left, ui.text);
  if (job.request.count == 1) return fill(ui.t("progress.left"), {all});
  return fill(ui.t("progress.left.both"),
              {about + format_seconds(*view.picture_seconds_left, ui.text), all});
}

// The stages of this picture as parts of a bar; their widths are their expected times.
void draw_stages(const Ui& ui, const ProgressView& view, ImVec2 at, float width) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float gap = ui.px(2);
  const float height = ui.px(3);
  float x = at.x;
  for (std::size_t i = 0; i < kStageCount; ++i) {
    if (view.share[i] <= 0) continue;  // this run does not have the stage
    const float part =
        std::max(ui.px(3), static_cast<float>(view.share[i]) * (width - gap * (kStageCount - 1)));
    const float end = std::min(x + part, at.x + width);
    list.AddRectFilled({x, at.y}, {end, at.y + height}, ui.colors.field_active, height / 2);
    const float done = x + (end - x) * static_cast<float>(view.done[i]);
    const ImU32 color = i == static_cast<std::size_t>(Stage::kDenoise)  ? ui.colors.accent
                        : i < static_cast<std::size_t>(Stage::kDenoise) ? ui.colors.weights
                                                                        : ui.colors.working;
    if (done > x) list.AddRectFilled({x, at.y}, {done, at.y + height}, color, height / 2);
    x = end + gap;
  }
}

void draw_running(const Ui& ui, const JobStatus& job, const ProgressView& view, ImVec2 at,
                  float width, float height) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float filled = width * static_cast<float>(std::clamp(view.job_done, 0.0, 1.0));
  list.PushClipRect(at, {at.x + filled, at.y + height}, true);
  list.AddRectFilled(at, {at.x + width, at.y + height}, ui.colors.accent_soft, ui.px(8));
  list.PopClipRect();
  for (const double end : view.picture_ends) {
    const float x = std::round(at.x + width * static_cast<float>(end));
    list.AddRectFilled({x, at.y + height - ui.px(8)}, {x + ui.px(1), at.y + height},
                       ui.colors.text_faint);  // below the text
  }
  const float y = at.y + (height - ui.px(17)) / 2;
  float edge = at.x + width - ui.px(13);
  if (view.seconds_left && !job.cancelling)
    edge = draw_text_right(ui, edge, y, time_left(ui, job, view), {ui.colors.text_dim, 13});
  const bool asks = ui.state.escape_cancels(ui.frame.now) && !job.cancelling;
  const TextStyle style{asks ? ui.colors.warn : ui.colors.text, 13, true};
  const std::string words = asks ? ui.t("progress.escape") : headline(ui, job);
  draw_text(ui, {at.x + ui.px(13), y}, fit_text(ui, words, style, edge - at.x - ui.px(24)), style);
  ui.dump.say("progress", words);
  draw_stages(ui, view, {at.x, at.y + height + ui.px(3)}, width);
}

std::string idle_text(const Ui& ui) {
  if (ui.state.ended) return ui.text.words(ended_message(*ui.state.ended));
  const FinishedPicture* const picture = ui.state.selected_picture();
  if (picture == nullptr) return ui.t("progress.ready");
  double seconds = 0;
  for (const double s : picture->picture.run_record.stage_seconds) seconds += s;
  return fill(ui.t("progress.made"), {format_seconds(seconds, ui.text)});
}

}  // namespace

void draw_progress_panel(const Ui& ui, const Rect& area) {
  const ImVec2 at{static_cast<float>(area.x), static_cast<float>(area.y)};
  const auto width = static_cast<float>(area.w);
  const float height = ui.px(34);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(at, {at.x + width, at.y + height}, ui.colors.plate, ui.px(8));
  const JobStatus* const job = ui.frame.running();
  if (job != nullptr && ui.frame.progress) {
    draw_running(ui, *job, *ui.frame.progress, at, width, height);
  } else {
    const bool failed = ui.state.ended && ui.state.ended->failed;
    const TextStyle style{failed ? ui.colors.bad : ui.colors.text_dim, 13};
    const std::string words = fit_text(ui, idle_text(ui), style, width - ui.px(26));
    draw_text(ui, {at.x + ui.px(13), at.y + (height - ui.px(17)) / 2}, words, style);
    ui.dump.say("progress", words);
  }
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({width, static_cast<float>(area.h)});
  name_item(ui, "progress");
  tooltip(ui, ui.t("tip.progress"));
}

}  // namespace headroom
