// The canvas beyond the picture that the next one starts from: its edges, which are dragged, and
// what is new inside of them.
#include "headroom/gui_actions/actions.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>
#include <array>
#include <string>

#include <imgui.h>

namespace headroom {
namespace {

constexpr float kLong_px = 44;   // of a handle, design pixels
constexpr float kThick_px = 18;  // what can be hit; half of that is seen
constexpr float kHatch_px = 9;
constexpr float kLabel_px = 28;

struct Handle {
  CanvasEdge edge;
  const char* name;
};
constexpr std::array<Handle, 4> kHandles{{{CanvasEdge::kLeft, "outpaint.left"},
                                          {CanvasEdge::kTop, "outpaint.top"},
                                          {CanvasEdge::kRight, "outpaint.right"},
                                          {CanvasEdge::kBottom, "outpaint.bottom"}}};

bool is_upright(CanvasEdge edge) { return edge == CanvasEdge::kLeft || edge == CanvasEdge::kRight; }

ImVec2 corner(const Rect& r) { return {static_cast<float>(r.x), static_cast<float>(r.y)}; }
ImVec2 far_corner(const Rect& r) {
  return {static_cast<float>(r.x + r.w), static_cast<float>(r.y + r.h)};
}

// Where the handle of an edge is: in the edge's middle, moved onto the canvas if that lies outside.
Rect place_of(const Ui& ui, CanvasEdge edge, const Rect& canvas, const Rect& whole) {
  const double thick = ui.px(kThick_px);
  const double length = ui.px(kLong_px);
  const double w = is_upright(edge) ? thick : length;
  const double h = is_upright(edge) ? length : thick;
  double x = whole.x + whole.w / 2;
  double y = whole.y + whole.h / 2;
  if (edge == CanvasEdge::kLeft) x = whole.x;
  if (edge == CanvasEdge::kRight) x = whole.x + whole.w;
  if (edge == CanvasEdge::kTop) y = whole.y;
  if (edge == CanvasEdge::kBottom) y = whole.y + whole.h;
  const double right = std::max(canvas.x, canvas.x + canvas.w - w);
  const double bottom = std::max(canvas.y, canvas.y + canvas.h - h);
  return {std::clamp(x - w / 2, canvas.x, right), std::clamp(y - h / 2, canvas.y, bottom), w, h};
}

void follow_drag(const Ui& ui, CanvasEdge edge, double scale) {
  OutpaintActions& outpaint = ui.actions.outpaint;
  if (ImGui::IsItemActivated()) outpaint.begin(edge);
  if (!ui.state.canvas_drag || ui.state.canvas_drag->edge != edge) return;
  if (ImGui::IsKeyPressed(ImGuiKey_Escape, false)) return outpaint.give_up();
  if (ImGui::IsItemActive() || ImGui::IsItemDeactivated()) {
    const ImVec2 now = ImGui::GetIO().MousePos;
    const ImVec2 taken = ImGui::GetIO().MouseClickedPos[0];
    const double moved = is_upright(edge) ? now.x - taken.x : now.y - taken.y;
    const double px = moved / std::max(scale, 1e-6);
    const bool is_before = edge == CanvasEdge::kLeft || edge == CanvasEdge::kTop;
    outpaint.drag(is_before ? -px : px);
  }
  if (!ImGui::IsItemActive()) outpaint.end();
}

void draw_handle(const Ui& ui, const Rect& r, bool is_strong) {
  const double across = r.w < r.h ? r.w / 4 : 0;
  const double down = r.w < r.h ? 0 : r.h / 4;
  const Rect seen{r.x + across, r.y + down, r.w - 2 * across, r.h - 2 * down};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(corner(seen), far_corner(seen), is_strong ? ui.colors.accent : ui.colors.popup,
                     ui.px(kThick_px / 4));
  list.AddRect(corner(seen), far_corner(seen), is_strong ? ui.colors.text : ui.colors.accent,
               ui.px(kThick_px / 4), ui.px(1.5F));
}

// The parts of `whole` outside of `inner`.
std::array<Rect, 4> bands(const Rect& inner, const Rect& whole) {
  const double below = inner.y + inner.h;
  const double right = inner.x + inner.w;
  return {{{whole.x, whole.y, whole.w, inner.y - whole.y},
           {whole.x, below, whole.w, whole.y + whole.h - below},
           {whole.x, inner.y, inner.x - whole.x, inner.h},
           {right, inner.y, whole.x + whole.w - right, inner.h}}};
}

// Hatched like the painted mask, so that it does not depend on colour alone.
void draw_band(const Ui& ui, ImDrawList& list, const Rect& band) {
  if (band.w < 1 || band.h < 1) return;
  list.PushClipRect(corner(band), far_corner(band), true);
  list.AddRectFilled(corner(band), far_corner(band), faded(ui.colors.accent, 0.22F));
  const float gap = ui.px(kHatch_px);
  const auto height = static_cast<float>(band.h);
  const auto top = static_cast<float>(band.y);
  for (float x = static_cast<float>(band.x) + gap / 2; x < band.x + band.w + height; x += gap) {
    list.AddLine({x, top}, {x - height, top + height}, faded(ui.colors.accent, 0.5F), ui.px(1));
  }
  list.PopClipRect();
}

// In a corner of the canvas, where no handle is: the size of what comes, and what it takes.
void draw_label(const Ui& ui, const Rect& canvas) {
  const std::string size = to_string(Size{ui.state.draft.width, ui.state.draft.height});
  const bool fits = ui.frame.forecast == nullptr || ui.frame.forecast->fits;
  const std::string text = ui.frame.forecast == nullptr ? size : plan_words(ui);
  ui.dump.say("outpaint", text);
  const TextStyle style{fits ? ui.colors.text : ui.colors.bad, kTextSize, true};
  const float width =
      std::min(text_width(ui, text, style) + ui.px(24), static_cast<float>(canvas.w) - ui.px(16));
  const ImVec2 at{static_cast<float>(canvas.x) + ui.px(8), static_cast<float>(canvas.y) + ui.px(8)};
  const ImVec2 end{at.x + width, at.y + ui.px(kLabel_px)};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(at, end, faded(ui.colors.popup, 0.96F), ui.px(8));
  list.AddRect(at, end, ui.colors.edge, ui.px(8), ui.px(1));
  draw_text(ui, {at.x + ui.px(12), at.y + ui.px(5)}, fit_text(ui, text, style, width - ui.px(24)),
            style);
}

}  // namespace

Rect outpainted(const Ui& ui, const Rect& inner, double scale) {
  const Margins& m = ui.state.outpaint;
  return {inner.x - m.left * scale, inner.y - m.top * scale, inner.w + (m.left + m.right) * scale,
          inner.h + (m.top + m.bottom) * scale};
}

void drag_canvas_edges(const Ui& ui, const Rect& canvas, const Rect& inner, double scale) {
  const Rect whole = outpainted(ui, inner, scale);
  for (const Handle& handle : kHandles) {
    const Rect r = place_of(ui, handle.edge, canvas, whole);
    ImGui::SetCursorScreenPos(corner(r));
    ImGui::InvisibleButton(handle.name, {static_cast<float>(r.w), static_cast<float>(r.h)});
    name_item(ui, handle.name);
    const bool is_strong = ImGui::IsItemHovered() || ImGui::IsItemActive();
    if (is_strong) {
      ImGui::SetMouseCursor(is_upright(handle.edge) ? ImGuiMouseCursor_ResizeEW
                                                    : ImGuiMouseCursor_ResizeNS);
    }
    if (!ui.state.canvas_drag) tooltip(ui, ui.t("tip.outpaint"));
    follow_drag(ui, handle.edge, scale);
    draw_handle(ui, r, is_strong);
  }
  if (ui.state.canvas_drag || ui.state.outpaint != Margins{}) draw_label(ui, canvas);
}

void draw_outpaint(const Ui& ui, const Rect& canvas, const Rect& inner, double scale) {
  const Rect whole = outpainted(ui, inner, scale);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.PushClipRect(corner(canvas), far_corner(canvas), true);
  for (const Rect& band : bands(inner, whole)) draw_band(ui, list, band);
  list.AddRect(corner(whole), far_corner(whole), ui.colors.accent, 0, ui.px(1.5F));
  list.PopClipRect();
}

}  // namespace headroom
