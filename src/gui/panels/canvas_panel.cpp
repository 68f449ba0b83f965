#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/origins.h"
#include "headroom/gui_state/start_picture.h"
#include "headroom/gui_toolkit/texture_cache.h"
#include "headroom/gui_toolkit/widgets.h"
#include "headroom/image/outpaint.h"

#include "panels.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>
#include <imgui_internal.h>

namespace headroom {
namespace {

// What the canvas shows: a texture, and the size of the picture that it represents.
struct Shown {
  ImTextureID texture = 0;
  Size size;
  // Null: it is still being made, or a mask is painted on it.
  const FinishedPicture* picture = nullptr;
  Margins margins{};  // around the picture, which the texture does not have
};

// Whether a mask is being painted, which needs a start picture.
bool paints_mask(const Ui& ui) {
  const StartPicture& start = ui.state.draft.init;
  if (ui.state.mask_tool.on && (!start || !has_pixels(*start))) ui.actions.mask.close_tool();
  return ui.state.mask_tool.on;
}

Shown choose(const Ui& ui) {
  if (paints_mask(ui)) {
    const StartPicture& start = ui.state.draft.init;
    // While an edge is dragged, the picture stays where it was before.
    const Margins& margins = ui.state.canvas_drag ? ui.state.canvas_drag->from : ui.state.outpaint;
    const Size own{start->image.width, start->image.height};
    return {.texture = ui.pictures.start_on_canvas(start).id(),
            .size = extended_size(own, margins),
            .margins = margins};
  }
  const JobStatus* const running = ui.frame.running();
  if (ui.state.live && running != nullptr && running->preview != nullptr) {
    return {.texture = ui.pictures.preview(running->preview).id(),
            .size = {running->request.width, running->request.height}};
  }
  const FinishedPicture* const picture = ui.state.selected_picture();
  if (picture == nullptr) return {};
  const Texture* texture = ui.pictures.on_canvas(*picture);
  if (texture == nullptr) return {};
  // The origin is shown in the same place, whatever its own size.
  const auto origin = origin_of(ui.state.pictures, *ui.state.selected);
  if (ui.state.compares && origin) {
    const Texture* const beside = ui.pictures.beside(ui.state.pictures[*origin]);
    if (beside != nullptr) texture = beside;
  }
  return {.texture = texture->id(),
          .size = {picture->request.width, picture->request.height},
          .picture = picture};
}

// Where its texture lies.
Rect texture_place(const Ui& ui, const Rect& canvas, const Shown& shown) {
  const CanvasView& view = ui.state.view;
  const Rect whole = view.place(canvas, shown.size.width, shown.size.height);
  const double scale = view.scale(canvas, shown.size.width, shown.size.height);
  const Margins& m = shown.margins;
  return {whole.x + m.left * scale, whole.y + m.top * scale, whole.w - (m.left + m.right) * scale,
          whole.h - (m.top + m.bottom) * scale};
}

void draw_ground(const Ui& ui, ImDrawList& list, const Rect& r) {
  const ImVec2 low{static_cast<float>(r.x), static_cast<float>(r.y)};
  const ImVec2 high{static_cast<float>(r.x + r.w), static_cast<float>(r.y + r.h)};
  list.AddRectFilled(low, high, ui.colors.well, ui.px(8));
}

// Shows that single letters and digits act here.
void draw_focus(const Ui& ui, const Rect& r) {
  const float out = ui.px(3);
  ImGui::GetWindowDrawList()->AddRect(
      {static_cast<float>(r.x) - out, static_cast<float>(r.y) - out},
      {static_cast<float>(r.x + r.w) + out, static_cast<float>(r.y + r.h) + out},
      ui.colors.text_dim, ui.px(10), ui.px(1.5F));
}

bool is_first(const Ui& ui) {
  return ui.frame.running() == nullptr && ui.state.selected_picture() == nullptr;
}

// `samples`: the side of the pictures that draw_samples() has drawn above the middle, or 0.
void draw_empty(const Ui& ui, const Rect& r, float samples) {
  const float middle = static_cast<float>(r.x + r.w / 2);
  const bool roomy = r.h > ui.px(150);
  float y = static_cast<float>(r.y + r.h / 2) - ui.px(roomy ? 58 : 18);
  const auto centred = [&](const std::string& text, const TextStyle& style, float below) {
    const std::string shown = fit_text(ui, text, style, static_cast<float>(r.w) - ui.px(24));
    draw_text(ui, {middle - text_width(ui, shown, style) / 2, y}, shown, style);
    y += below;
  };
  if (ui.frame.running() != nullptr) {
    y += ui.px(roomy ? 46 : 8);
    centred(ui.t("canvas.starting"), {ui.colors.text_dim, kTextSize}, 0);
    return;
  }
  if (ui.state.selected_picture() != nullptr) {
    y += ui.px(46);
    centred(ui.t("canvas.gone"), {ui.colors.text_dim, 14}, 0);
    return;
  }
  if (samples > 0) {
    y = static_cast<float>(r.y + r.h / 2) + samples / 2 - ui.px(22);
    centred(ui.t("canvas.samples"), {ui.colors.text, 15, true}, ui.px(26));
    centred(ui.t("canvas.samples.how"), {ui.colors.text_dim, 13}, ui.px(22));
    centred(ui.t("canvas.starter"), {ui.colors.text_faint, kSmallSize}, 0);
    return;
  }
  if (roomy) centred(ICON_FA_IMAGE, {faded(ui.colors.text_faint, 0.6F), 34}, ui.px(56));
  centred(ui.t("canvas.empty"), {ui.colors.text, 15, true}, ui.px(26));
  centred(ui.t("canvas.empty.how"), {ui.colors.text_dim, 13}, ui.px(22));
  if (roomy && ui.frame.opened->model.is_starter)
    centred(ui.t("canvas.starter"), {ui.colors.text_faint, kSmallSize}, 0);
}

void handle_mouse(const Ui& ui, const Rect& canvas, Size size) {
  const ImGuiIO& io = ImGui::GetIO();
  CanvasView& view = ui.state.view;
  ImGui::SetItemKeyOwner(ImGuiKey_MouseWheelY);
  if (ImGui::IsItemHovered() && io.MouseWheel != 0) {
    view.zoom_at(io.MousePos.x, io.MousePos.y, std::pow(1.2, io.MouseWheel), canvas, size.width,
                 size.height);
  }
  if (const double factor = std::exchange(ui.state.zoom_asked, 1.0); factor != 1.0) {
    view.zoom_at(canvas.x + canvas.w / 2, canvas.y + canvas.h / 2, factor, canvas, size.width,
                 size.height);
  }
  if (ImGui::IsItemHovered() && ImGui::IsMouseClicked(ImGuiMouseButton_Middle))
    ui.state.panning = true;
  ui.state.panning = ui.state.panning && ImGui::IsMouseDown(ImGuiMouseButton_Middle);
  const bool left_pans = !ui.state.mask_tool.on || ui.state.mask_tool.pans;
  const bool pan = ui.state.panning || (left_pans && ImGui::IsItemActive() &&
                                        ImGui::IsMouseDragging(ImGuiMouseButton_Left, ui.px(3)));
  if (pan && (io.MouseDelta.x != 0 || io.MouseDelta.y != 0)) {
    view.drag(io.MouseDelta.x, io.MouseDelta.y, canvas, size.width, size.height);
  }
  if (left_pans && ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
    view.fits() ? view.show_actual() : view.show_fit();
  }
}

constexpr float kActual_px = 36;

// Room for "100 %"; none in a short row, where the prices of the actions need it.
float percent_width(const Ui& ui, float row) {
  constexpr float kPercent_px = 48;
  constexpr float kLongRow_px = 720;
  return row < ui.px(kLongRow_px) ? 0 : ui.px(kPercent_px);
}

float view_width(const Ui& ui, float row) {
  return text_width(ui, ui.t("canvas.fit"), {0, kSmallSize}) + ui.px(20 + kActual_px) +
         percent_width(ui, row);
}

// Right-aligned in the line that begins here.
void draw_view_buttons(const Ui& ui, const Rect& canvas, Size size) {
  const CanvasView& view = ui.state.view;
  const std::string percent =
      std::to_string(std::lround(100 * view.scale(canvas, size.width, size.height))) + " %";
  const auto [width, height] = ImGui::GetContentRegionAvail();
  const float actual = ui.px(kActual_px);
  const float label = percent_width(ui, width);
  const float fit = view_width(ui, width) - actual - label;
  const ImVec2 line = ImGui::GetCursorScreenPos();
  const ImVec2 at{line.x + width - view_width(ui, width), line.y};
  const TextStyle style{ui.colors.text_dim, kSmallSize};
  if (label > 0)
    draw_text_right(ui, at.x + label - ui.px(6), at.y + (height - ui.px(16)) / 2, percent, style);
  ImGui::SetCursorScreenPos({at.x + label, at.y});
  if (button(ui, {.name = "canvas.fit",
                  .label = ui.t("canvas.fit"),
                  .tip = label > 0 ? ui.t("tip.fit") : ui.t("tip.fit") + "\n" + percent,
                  .kind = ButtonKind::kQuiet,
                  .size = {fit, height},
                  .text_size = kSmallSize})) {
    ui.state.view.show_fit();
  }
  ImGui::SetCursorScreenPos({at.x + label + fit, at.y});
  if (button(ui, {.name = "canvas.actual",
                  .label = "1:1",
                  .tip = ui.t("tip.actual"),
                  .kind = ButtonKind::kQuiet,
                  .size = {actual, height},
                  .text_size = kSmallSize})) {
    ui.state.view.show_actual();
  }
}

// The row below the canvas: actions on the picture, or tools for its mask.
void draw_row(const Ui& ui, const Rect& row, const Rect& canvas, const Shown& shown) {
  // A drawer covers the end of the row.
  const Layout& layout = ui.frame.layout;
  const bool drawer = layout.details_are_a_drawer && layout.details_shown;
  const double right =
      drawer ? std::min(row.x + row.w, layout.details.x - ui.px(8)) : row.x + row.w;
  ImGui::SetCursorScreenPos({static_cast<float>(row.x), static_cast<float>(row.y)});
  UiState& state = ui.state;
  const bool is_asked = std::exchange(state.row_asked, false);
  if (is_asked) ImGui::SetNextWindowFocus();
  ImGui::BeginChild("row", {static_cast<float>(right - row.x), static_cast<float>(row.h)}, 0,
                    ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  if (is_asked) {
    ImGui::NavInitWindow(ImGui::GetCurrentWindow(), true);
    ImGui::SetNavCursorVisible(true);
  }
  state.row_focused =
      ImGui::IsWindowFocused(ImGuiFocusedFlags_ChildWindows) && ImGui::GetIO().NavVisible;
  if (state.mask_tool.on) {
    draw_mask_bar(ui);
  } else {
    const ImVec2 line = ImGui::GetCursorPos();
    const float width = ImGui::GetContentRegionAvail().x;
    ImGui::BeginChild("actions", {width - view_width(ui, width) - ui.px(8), 0},
                      ImGuiChildFlags_NavFlattened, ImGuiWindowFlags_NoScrollbar);
    if (shown.picture != nullptr) draw_picture_buttons(ui);
    ImGui::EndChild();
    ImGui::SetCursorPos(line);
    draw_view_buttons(ui, canvas, shown.size);
  }
  ImGui::EndChild();
}

// Draws the picture on the canvas, fitted to its part `view`.
void draw_picture(const Ui& ui, const Rect& canvas, const Rect& view, const Shown& shown) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 low{static_cast<float>(canvas.x), static_cast<float>(canvas.y)};
  const ImVec2 high{static_cast<float>(canvas.x + canvas.w),
                    static_cast<float>(canvas.y + canvas.h)};
  const Rect place = texture_place(ui, view, shown);
  // Above 300 % the user wants to see pixels, not a smooth picture.
  ui.pictures.on_canvas_texture().show_pixels(
      ui.state.view.scale(view, shown.size.width, shown.size.height) > 3);
  list.PushClipRect(low, high, true);
  // Rounded to whole pixels, or the edges blur.
  const ImVec2 from{std::round(static_cast<float>(place.x)),
                    std::round(static_cast<float>(place.y))};
  const ImVec2 to{std::round(static_cast<float>(place.x + place.w)),
                  std::round(static_cast<float>(place.y + place.h))};
  list.AddImage(shown.texture, from, to);
  list.PopClipRect();
  const Layout& layout = ui.frame.layout;
  const bool drawer = layout.details_are_a_drawer && layout.details_shown;
  const double right = drawer ? layout.details.x : canvas.x + canvas.w;
  const double left = std::max(place.x, canvas.x);
  const double top = std::max(place.y, canvas.y);
  const Rect seen{left, top, std::max(0.0, std::min(place.x + place.w, right) - left),
                  std::max(0.0, std::min(place.y + place.h, canvas.y + canvas.h) - top)};
  keep_clear(ui, seen);
  ui.dump.add("seen_picture", seen);
  ui.dump.add("picture", {from.x, from.y, to.x - from.x, to.y - from.y});
}

// The picture at its place in `view`, and while it is edited what edits it.
void draw_shown(const Ui& ui, const Rect& canvas, const Rect& view, const Shown& shown,
                bool edits) {
  handle_mouse(ui, view, shown.size);
  if (edits) paint_mask(ui, texture_place(ui, view, shown));
  draw_picture(ui, canvas, view, shown);
  if (edits) {
    const Rect place = texture_place(ui, view, shown);
    draw_outpaint(ui, canvas, place,
                  ui.state.view.scale(view, shown.size.width, shown.size.height));
    draw_mask(ui, canvas, place);
  }
}

// Pictures of the model, until there is one of one's own. Returns their side; 0: none.
float draw_first_samples(const Ui& ui, const Rect& canvas) {
  const float side = is_first(ui) ? samples_side(ui, canvas) : 0;
  if (side > 0) {
    draw_samples(ui, static_cast<float>(canvas.x + canvas.w / 2),
                 static_cast<float>(canvas.y + canvas.h / 2) - side / 2 - ui.px(42), side);
  }
  return side;
}

// Heights of the rows below the canvas; 0 = the row is not shown.
struct RowHeights {
  double row, progress, strip;
};
void draw_below(const Ui& ui, const Rect& canvas, const Shown& shown, const RowHeights& high) {
  const double gap = ui.px(8);
  double y = canvas.y + canvas.h + gap;
  ui.state.row_focused = false;
  if (high.row > 0) draw_row(ui, {canvas.x, y, canvas.w, high.row - gap}, canvas, shown);
  y += high.row;
  if (high.progress > 0) draw_progress_panel(ui, {canvas.x, y, canvas.w, high.progress - gap});
  y += high.progress;
  if (high.strip > 0) draw_thumbnails_panel(ui, {canvas.x, y, canvas.w, high.strip});
}

}  // namespace

void draw_canvas_panel(const Ui& ui, const Rect& whole) {
  const double edge = ui.px(12);
  const double banners =
      draw_banners(ui, {whole.x + edge, whole.y + edge, whole.w - 2 * edge, whole.h - 2 * edge});
  // Banners are above the picture, not on it.
  const Rect area{whole.x, whole.y + banners, whole.w, whole.h - banners};
  if (std::exchange(ui.state.canvas_asked, false)) ImGui::SetNextWindowFocus();
  begin_panel(ui, "canvas", whole, ui.colors.canvas, {0, 0},
              ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoNav);
  const bool low = ui.frame.layout.folds();
  // If the picture has little room, rows without content are left out. Otherwise everything else
  // is low enough that a picture of 512 pixels is shown at 100 % in a window of 1280x800.
  const bool cramped = area.h < ui.px(300);
  const double strip = cramped ? 0 : ui.px(low ? 52 : 68);
  const double progress = cramped && ui.frame.running() == nullptr ? 0 : ui.px(42);
  const Shown shown = choose(ui);
  const double row = shown.texture != 0 ? ui.px(36) : 0;
  const Rect canvas{area.x + edge, area.y + edge, area.w - 2 * edge,
                    std::max(1.0, area.h - 2 * edge - strip - progress - row)};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  draw_ground(ui, list, canvas);
  // The buttons are drawn above the picture but submitted first, since the first item gets the
  // mouse.
  list.ChannelsSplit(2);
  list.ChannelsSetCurrent(1);
  if (shown.picture != nullptr) {
    draw_repaint_bar(ui, canvas);
    draw_compare_pill(ui, canvas);
  }
  // Its edges stay in reach while they can be dragged.
  const bool edits = shown.texture != 0 && ui.state.mask_tool.on;
  const double rim = edits ? ui.px(12) : 0;
  const Rect view{canvas.x + rim, canvas.y + rim, std::max(1.0, canvas.w - 2 * rim),
                  std::max(1.0, canvas.h - 2 * rim)};
  if (edits) {
    drag_canvas_edges(ui, canvas, texture_place(ui, view, shown),
                      ui.state.view.scale(view, shown.size.width, shown.size.height));
  }
  const float samples = shown.texture == 0 ? draw_first_samples(ui, canvas) : 0;
  list.ChannelsSetCurrent(0);
  ImGui::SetCursorScreenPos({static_cast<float>(canvas.x), static_cast<float>(canvas.y)});
  ImGui::InvisibleButton("##canvas", {static_cast<float>(canvas.w), static_cast<float>(canvas.h)});
  name_item(ui, "canvas");
  keep_clear(ui, canvas, /*work=*/false);
  if (shown.texture != 0) {
    draw_shown(ui, canvas, view, shown, edits);
  } else {
    draw_empty(ui, canvas, samples);
  }
  list.ChannelsMerge();
  draw_below(ui, canvas, shown, {.row = row, .progress = progress, .strip = strip});
  ui.state.canvas_focused =
      ImGui::IsWindowFocused(ImGuiFocusedFlags_RootAndChildWindows) && !ui.state.row_focused;
  if (ui.state.canvas_focused) draw_focus(ui, canvas);
  ImGui::End();
}

}  // namespace headroom
