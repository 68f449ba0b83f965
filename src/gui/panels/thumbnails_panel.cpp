#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/origins.h"
#include "headroom/gui_toolkit/texture_cache.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>
#include <cmath>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

// Texture coordinates of a picture's middle, so that any shape fills a square.
void square_crop(int width, int height, ImVec2& low, ImVec2& high) {
  const float w = static_cast<float>(width);
  const float h = static_cast<float>(height);
  const float side = std::min(w, h);
  low = {(1 - side / w) / 2, (1 - side / h) / 2};
  high = {1 - low.x, 1 - low.y};
}

// One square of the strip at the cursor; returns whether it was clicked.
bool draw_cell(const Ui& ui, const std::string& name, float side, ImTextureID texture, Size size,
               bool selected, const std::string& tip) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool clicked = ImGui::InvisibleButton(("##" + name).c_str(), {side, side});
  const bool hovered = ImGui::IsItemHovered();
  offer_hand();
  name_item(ui, name);
  tooltip(ui, tip);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 end{at.x + side, at.y + side};
  const float round = ui.px(8);
  list.AddRectFilled(at, end, ui.colors.plate, round);
  if (texture != 0) {
    ImVec2 low;
    ImVec2 high;
    square_crop(size.width, size.height, low, high);
    const float inset = selected ? ui.px(3) : ui.px(1);
    list.AddImageRounded(texture, {at.x + inset, at.y + inset}, {end.x - inset, end.y - inset}, low,
                         high, IM_COL32_WHITE, round - inset);
  }
  if (selected) {
    list.AddRect(at, end, ui.colors.ring, round, ui.px(2));
  } else if (hovered) {
    list.AddRect(at, end, ui.colors.edge, round, ui.px(1.5F));
  }
  return clicked;
}

std::string tip_of(const Ui& ui, const FinishedPicture& picture) {
  const GenerationRequest& r = picture.request;
  std::string tip = shorten(r.prompt, 120) + "\n" + to_string(Size{r.width, r.height}) + " · " +
                    ui.t("picture.seed") + " " + std::to_string(picture.picture.seed);
  if (r.origin) tip += "\n" + fill(ui.t("strip.made_of"), {shorten(r.origin->file.name, 48)});
  return tip;
}

// Marks a picture that was made from another one.
void draw_mark(const Ui& ui, ImVec2 at, float side) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 middle{at.x + ui.px(12), at.y + side - ui.px(12)};
  list.AddCircleFilled(middle, ui.px(9), IM_COL32(0, 0, 0, 170));
  draw_text(ui, {middle.x - ui.px(4.5F), middle.y - ui.px(7)},
            ICON_FA_UP_RIGHT_AND_DOWN_LEFT_FROM_CENTER, {IM_COL32_WHITE, 9});
}

void draw_live_cell(const Ui& ui, const JobStatus& job, float side) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImTextureID texture = job.preview ? ui.pictures.preview(job.preview).id() : 0;
  const Size size = job.preview ? Size{job.preview->width, job.preview->height} : Size{1, 1};
  if (draw_cell(ui, "strip.live", side, texture, size, ui.state.live, ui.t("tip.live")))
    ui.actions.picture.show_live();
  // A turning ring shows that this picture is being made.
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 middle{at.x + side / 2, at.y + side / 2};
  const float start = static_cast<float>(std::fmod(ui.frame.now * 3.2, 6.2831853));
  list.AddCircleFilled(middle, ui.px(12), IM_COL32(0, 0, 0, 120));
  list.PathArcTo(middle, ui.px(8), start, start + 4.4F, 24);
  list.PathStroke(ui.colors.accent, ui.px(2));
}

}  // namespace

void draw_thumbnails_panel(const Ui& ui, const Rect& area) {
  const JobStatus* const running = ui.frame.running();
  const auto width = static_cast<float>(area.w);
  if (ui.state.pictures.empty() && running == nullptr) {
    draw_text(ui, {static_cast<float>(area.x), static_cast<float>(area.y) + ui.px(24)},
              fit_text(ui, ui.t("strip.empty"), {0, kSmallSize}, width),
              {ui.colors.text_faint, kSmallSize});
    return;
  }
  ImGui::SetCursorScreenPos({static_cast<float>(area.x), static_cast<float>(area.y)});
  const float side = static_cast<float>(area.h) - ui.px(8);
  ImGui::PushStyleVar(ImGuiStyleVar_ScrollbarSize, ui.px(5));
  ImGui::BeginChild("strip", {width, static_cast<float>(area.h)}, 0,
                    ImGuiWindowFlags_HorizontalScrollbar | ImGuiWindowFlags_NoNav);
  const ImGuiIO& io = ImGui::GetIO();
  if (ImGui::IsWindowHovered() && io.MouseWheel != 0) {
    ImGui::SetScrollX(ImGui::GetScrollX() - io.MouseWheel * side);
  }
  for (std::size_t i = 0; i < ui.state.pictures.size(); ++i) {
    const FinishedPicture& picture = ui.state.pictures[i];
    const Size made{picture.request.width, picture.request.height};
    const bool stands_behind = headroom::stands_behind(ui.state.pictures, i);
    if (i > 0) ImGui::SameLine(0, ui.px(stands_behind ? 2 : 8));
    const bool selected = ui.state.selected == i && !(ui.state.live && running != nullptr);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const std::string tip = tip_of(ui, picture);
    const bool visible = ImGui::IsRectVisible({side, side});
    const Texture* const small = visible ? ui.pictures.thumbnail(picture) : nullptr;
    const ImTextureID texture = small != nullptr ? small->id() : 0;
    if (draw_cell(ui, "strip." + std::to_string(i), side, texture, made, selected, tip)) {
      ui.actions.picture.select(i);
    }
    if (ui.state.selected == i && ui.state.scroll_strip) ImGui::SetScrollHereX(0.5F);
    if (picture.request.origin) draw_mark(ui, at, side);
    if (!picture.save_error.empty()) {
      ImGui::GetWindowDrawList()->AddCircleFilled({at.x + side - ui.px(10), at.y + ui.px(10)},
                                                  ui.px(7), ui.colors.bad);
      draw_text(ui, {at.x + side - ui.px(12), at.y + ui.px(2)}, "!", {IM_COL32_WHITE, 12, true});
    }
  }
  ui.state.scroll_strip = false;
  if (running != nullptr) {
    if (!ui.state.pictures.empty()) ImGui::SameLine(0, ui.px(8));
    draw_live_cell(ui, *running, side);
  }
  ImGui::EndChild();
  ImGui::PopStyleVar();
}

}  // namespace headroom
