#include "headroom/core/languages.h"
#include "headroom/gui_toolkit/texture_cache.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

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
  draw_queue_list(ui);
}

// "中 / EN"
std::string language_badges() {
  std::string badges;
  for (const Language& language : kLanguages) {
    badges = std::string(language.badge) + (badges.empty() ? "" : " / ") + badges;
  }
  return badges;
}

// Returns the left edge of the buttons.
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
                  .label = language_badges(),
                  .tip = ui.t("tip.language"),
                  .size = {language, height},
                  .text_size = kTextSize})) {
    ui.state.language = language_after(ui.state.language).code;
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
  float x = x0 + ui.px(16);
  // In a narrow window the device needs the place more than the name, which the title bar has.
  if (area.w >= ui.px(760)) {
    const TextStyle title{ui.colors.text, kTitleSize, true};
    draw_text(ui, {x, y + ui.px(4)}, "Headroom", title);
    x += text_width(ui, "Headroom", title) + ui.px(20);
  }
  const float end = draw_buttons(ui, right, y, height) - ui.px(12);

  x += draw_model_plate(ui, {x, y}, height, std::min(end - x, ui.px(320))) + ui.px(8);
  // A cut-off device name would be useless.
  if (end - x > ui.px(96)) draw_device_plate(ui, {x, y}, height, end - x);
  ImGui::End();
}

}  // namespace headroom
