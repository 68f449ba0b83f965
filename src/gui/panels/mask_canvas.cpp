// The mask on the canvas: how it is painted and what it looks like.
#include "headroom/gui_actions/actions.h"
#include "headroom/gui_toolkit/texture_cache.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>
#include <cmath>

#include <imgui.h>
#include <imgui_internal.h>

namespace headroom {
namespace {

constexpr float kOpacity = 0.4F;
constexpr float kHatch_px = 7;  // distance of stripes, design pixels

ImVec2 corner(const Rect& r) { return {static_cast<float>(r.x), static_cast<float>(r.y)}; }
ImVec2 far_corner(const Rect& r) {
  return {static_cast<float>(r.x + r.w), static_cast<float>(r.y + r.h)};
}

Size size_of_start(const Ui& ui) {
  const Image& image = ui.state.draft.init->image;
  return {image.width, image.height};
}

PaintedMask mask_so_far(const Ui& ui) {
  return ui.state.mask ? *ui.state.mask : PaintedMask(size_of_start(ui));
}

// The mouse position in pixels of the mask.
MaskPoint mouse_on(const PaintedMask& mask, const Rect& place) {
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  return {(mouse.x - place.x) / place.w * mask.size().width,
          (mouse.y - place.y) / place.h * mask.size().height};
}

void begin_drawing(const Ui& ui, const Rect& place) {
  MaskTool& tool = ui.state.mask_tool;
  PaintedMask drawn = mask_so_far(ui);
  tool.begun = tool.last = mouse_on(drawn, place);
  if (tool.shape == MaskTool::Shape::kFill) {
    if (!ui.state.mask) drawn.set_feather(tool.feather_px);
    drawn.flood(tool.begun, !tool.erases);
    ui.actions.mask.put(std::move(drawn));
    return;
  }
  drawn.set_feather(0);  // without a soft border during the stroke, which is faster to draw
  if (tool.shape == MaskTool::Shape::kBrush)
    drawn.stroke(tool.begun, tool.begun, tool.brush_px, !tool.erases);
  tool.drawn = std::make_shared<const PaintedMask>(std::move(drawn));
}

void go_on_drawing(const Ui& ui, const Rect& place) {
  MaskTool& tool = ui.state.mask_tool;
  const MaskPoint now = mouse_on(*tool.drawn, place);
  if (now.x == tool.last.x && now.y == tool.last.y) return;
  const bool is_box = tool.shape == MaskTool::Shape::kBox;
  PaintedMask drawn = is_box ? mask_so_far(ui) : *tool.drawn;
  if (is_box) {
    drawn.set_feather(0);
    drawn.box(tool.begun, now, !tool.erases);
  } else {
    drawn.stroke(tool.last, now, tool.brush_px, !tool.erases);
  }
  tool.last = now;
  tool.drawn = std::make_shared<const PaintedMask>(std::move(drawn));
}

void end_drawing(const Ui& ui) {
  MaskTool& tool = ui.state.mask_tool;
  PaintedMask drawn = *tool.drawn;
  tool.drawn.reset();
  drawn.set_feather(ui.state.mask ? ui.state.mask->feather_px() : tool.feather_px);
  if (!(drawn == mask_so_far(ui))) ui.actions.mask.put(std::move(drawn));
}

// Shades the part that is cropped to get the shape of the size, since it is not used.
void draw_cut(const Ui& ui, ImDrawList& list, const Rect& place) {
  const PaintedMask grid(size_of_start(ui));
  const MaskPart used = grid.used_for(ui.state.mask_is_for());
  const double x = place.w / grid.size().width;
  const double y = place.h / grid.size().height;
  const ImU32 shadow = IM_COL32(0, 0, 0, 150);
  const ImVec2 from = corner(place);
  const ImVec2 to = far_corner(place);
  const auto left = static_cast<float>(place.x + x * used.x0);
  const auto right = static_cast<float>(place.x + x * used.x1);
  const auto top = static_cast<float>(place.y + y * used.y0);
  const auto bottom = static_cast<float>(place.y + y * used.y1);
  if (used.x0 > 0) list.AddRectFilled(from, {left, to.y}, shadow);
  if (used.x1 < grid.size().width) list.AddRectFilled({right, from.y}, to, shadow);
  if (used.y0 > 0) list.AddRectFilled({left, from.y}, {right, top}, shadow);
  if (used.y1 < grid.size().height) list.AddRectFilled({left, bottom}, {right, to.y}, shadow);
}

bool is_painted(const PaintedMask& mask, const Rect& place, ImVec2 at) {
  const auto [width, height] = mask.size();
  const auto x = static_cast<int>(std::floor((at.x - place.x) / place.w * width));
  const auto y = static_cast<int>(std::floor((at.y - place.y) / place.h * height));
  return x >= 0 && y >= 0 && x < width && y < height && mask.at(x, y);
}

struct Line {
  ImVec2 from, to;
};

Line line_of(const PaintedMask& mask, const Rect& place, const MaskEdge& edge) {
  const double px = place.w / mask.size().width;
  const double py = place.h / mask.size().height;
  const auto at = [&](int x, int y) {
    return ImVec2{static_cast<float>(place.x + px * x), static_cast<float>(place.y + py * y)};
  };
  return {at(edge.x, edge.y),
          edge.is_across ? at(edge.x + edge.length, edge.y) : at(edge.x, edge.y + edge.length)};
}

// Short stripes at 45° from the border into the painted area. The stripes of all edges lie on
// common lines, x + y = a multiple of their distance.
void draw_stripes(const Ui& ui, ImDrawList& list, const Rect& place, const PaintedMask& mask,
                  const MaskEdge& edge, ImU32 color, float thick) {
  const Line line = line_of(mask, place, edge);
  const float gap = ui.px(kHatch_px);
  // Down and left, or up and right, whichever leads into the painted area.
  const float length = ui.px(5) * (edge.is_paint_after == edge.is_across ? -1.0F : 1.0F);
  const float end = line.to.x + line.to.y;
  for (float at = std::ceil((line.from.x + line.from.y) / gap) * gap; at < end; at += gap) {
    const ImVec2 foot = edge.is_across ? ImVec2(at - line.from.y, line.from.y)
                                       : ImVec2(line.from.x, at - line.from.x);
    const ImVec2 head{foot.x + length, foot.y - length};
    // Not beyond a corner.
    if (is_painted(mask, place, head)) list.AddLine(foot, head, color, thick);
  }
}

// Draws a border in the accent colour on a dark line, and stripes, so that it can be seen on any
// picture and does not rely on colour.
void draw_edges(const Ui& ui, ImDrawList& list, const Rect& place, const Rect& canvas,
                const PaintedMask& mask) {
  struct Pass {
    ImU32 color;
    float line_px, stripe_px;
  };
  for (const Pass& pass :
       {Pass{IM_COL32(0, 0, 0, 150), 1.5F, 2.5F}, Pass{ui.colors.accent, 0.75F, 1.25F}}) {
    for (const MaskEdge& edge : ui.state.mask_look.edges()) {
      const auto [from, to] = line_of(mask, place, edge);
      const bool outside = to.x < canvas.x || to.y < canvas.y || from.x > canvas.x + canvas.w ||
                           from.y > canvas.y + canvas.h;
      if (outside) continue;
      const float half = ui.px(pass.line_px);
      list.AddRectFilled({from.x - half, from.y - half}, {to.x + half, to.y + half}, pass.color);
      draw_stripes(ui, list, place, mask, edge, pass.color, ui.px(pass.stripe_px));
    }
  }
}

void draw_brush(const Ui& ui, ImDrawList& list, const Rect& place) {
  const MaskTool& tool = ui.state.mask_tool;
  if (!ImGui::IsItemHovered() || tool.pans || ImGui::IsKeyDown(ImGuiKey_Space)) return;
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (tool.shape != MaskTool::Shape::kBrush) {
    const float arm = ui.px(8);
    for (const auto& [color, thick] :
         {std::pair{IM_COL32(0, 0, 0, 170), 3.0F}, std::pair{IM_COL32_WHITE, 1.0F}}) {
      list.AddLine({mouse.x - arm, mouse.y}, {mouse.x + arm, mouse.y}, color, ui.px(thick));
      list.AddLine({mouse.x, mouse.y - arm}, {mouse.x, mouse.y + arm}, color, ui.px(thick));
    }
  } else {
    const int columns = PaintedMask(size_of_start(ui)).size().width;
    const auto radius = static_cast<float>(tool.brush_px / 2.0 * place.w / columns);
    list.AddCircle(mouse, radius, IM_COL32(0, 0, 0, 170), 0, ui.px(3));
    list.AddCircle(mouse, radius, tool.erases ? IM_COL32_WHITE : ui.colors.accent, 0, ui.px(1.5F));
  }
  ImGui::SetMouseCursor(ImGuiMouseCursor_None);
}

}  // namespace

void paint_mask(const Ui& ui, const Rect& place) {
  MaskTool& tool = ui.state.mask_tool;
  // Space pans, so it must not press a button that has the focus.
  if (ImGui::IsItemHovered() || ImGui::IsItemActive())
    ImGui::SetKeyOwner(ImGuiKey_Space, ImGui::GetItemID());
  if (ImGui::IsKeyDown(ImGuiKey_Space) && ImGui::IsItemHovered())
    ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeAll);
  if (ImGui::IsItemActivated()) {
    tool.pans = ImGui::IsKeyDown(ImGuiKey_Space);
    if (!tool.pans) begin_drawing(ui, place);
  } else if (tool.drawn && ImGui::IsKeyPressed(ImGuiKey_Escape, false)) {
    tool.drawn.reset();
  } else if (tool.drawn) {
    go_on_drawing(ui, place);  // the mouse may move and release within one frame
    if (!ImGui::IsItemActive()) end_drawing(ui);
  }
  if (!ImGui::IsItemActive()) tool.pans = false;
}

void draw_mask(const Ui& ui, const Rect& canvas, const Rect& place) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.PushClipRect(corner(canvas), far_corner(canvas), true);
  draw_cut(ui, list, place);
  if (const MaskPointer& mask = ui.state.shown_mask()) {
    MaskLook& look = ui.state.mask_look;
    look.follow(mask);
    list.AddImage(ui.pictures.mask(look.grey()).id(), corner(place), far_corner(place), {0, 0},
                  {1, 1}, faded(ui.colors.accent, kOpacity));
    draw_edges(ui, list, place, canvas, *mask);
  }
  draw_brush(ui, list, place);
  list.PopClipRect();
  ui.dump.add("mask.picture", place);
}

}  // namespace headroom
