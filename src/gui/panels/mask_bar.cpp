#include "headroom/gui_actions/actions.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <cmath>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

constexpr float kRoomy_px = 632;    // design pixels; from this width sliders show their numbers
constexpr float kSliders_px = 500;  // and from this width there are sliders

struct Tool {
  const char* name;
  const char* icon;
  std::string tip;
  bool is_chosen = false;
  std::string disabled{};
};

bool draw_tool(const Ui& ui, const Tool& tool) {
  const float height = ImGui::GetContentRegionAvail().y;
  const bool pressed = button(ui, {.name = tool.name,
                                   .label = tool.icon,
                                   .tip = tool.tip,
                                   .disabled = tool.disabled,
                                   .kind = ButtonKind::kQuiet,
                                   .size = {ui.px(30), height},
                                   .text_size = kTextSize});
  if (tool.is_chosen) {
    // The same mark as for other selected things.
    const Rect r = item_rect();
    const float in = ui.px(1);
    ImGui::GetWindowDrawList()->AddRect(
        {static_cast<float>(r.x) + in, static_cast<float>(r.y) + in},
        {static_cast<float>(r.x + r.w) - in, static_cast<float>(r.y + r.h) - in}, ui.colors.ring,
        ui.px(6), ui.px(1.5F));
  }
  ImGui::SameLine(0, ui.px(2));
  return pressed;
}

void draw_gap(const Ui& ui) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = ImGui::GetContentRegionAvail().y;
  ImGui::GetWindowDrawList()->AddRectFilled({at.x + ui.px(5), at.y + ui.px(6)},
                                            {at.x + ui.px(6), at.y + height - ui.px(6)},
                                            ui.colors.line);
  ImGui::Dummy({ui.px(11), height});
  ImGui::SameLine(0, ui.px(2));
}

// A slider in a part of the bar; its number is shown only if there is room.
bool draw_slider(const Ui& ui, SliderOptions options, double& value, bool is_roomy) {
  const float words = text_width(ui, options.label, {0, kTextSize});
  options.label_px = words / ui.scale + 12;
  options.number_px = is_roomy ? 40.0F : 0.0F;
  const float width = words + ui.px(12 + 70) + ui.px(is_roomy ? 50.0F : 0.0F);
  ImGui::BeginChild(options.name.c_str(), {width, ImGui::GetContentRegionAvail().y},
                    ImGuiChildFlags_NavFlattened, ImGuiWindowFlags_NoScrollbar);
  ImGui::SetCursorPosY(ui.px(2));
  const bool changed = slider(ui, options, value);
  ImGui::EndChild();
  ImGui::SameLine(0, ui.px(8));
  return changed;
}

void draw_tools(const Ui& ui) {
  MaskTool& tool = ui.state.mask_tool;
  using Shape = MaskTool::Shape;
  if (draw_tool(ui, {.name = "mask.brush",
                     .icon = ICON_FA_PAINTBRUSH,
                     .tip = ui.t("tip.mask.brush"),
                     .is_chosen = tool.shape == Shape::kBrush && !tool.erases})) {
    tool.shape = Shape::kBrush;
    tool.erases = false;
  }
  if (draw_tool(ui, {.name = "mask.erase",
                     .icon = ICON_FA_ERASER,
                     .tip = ui.t("tip.mask.erase"),
                     .is_chosen = tool.erases})) {
    tool.erases = !tool.erases;
  }
  if (draw_tool(ui, {.name = "mask.box",
                     .icon = ICON_FA_VECTOR_SQUARE,
                     .tip = ui.t("tip.mask.box"),
                     .is_chosen = tool.shape == Shape::kBox})) {
    tool.shape = Shape::kBox;
  }
  if (draw_tool(ui, {.name = "mask.fill",
                     .icon = ICON_FA_FILL_DRIP,
                     .tip = ui.t("tip.mask.fill"),
                     .is_chosen = tool.shape == Shape::kFill})) {
    tool.shape = Shape::kFill;
  }
}

void draw_size(const Ui& ui, bool is_roomy) {
  MaskTool& tool = ui.state.mask_tool;
  double px = tool.brush_px;
  if (draw_slider(ui,
                  {.name = "mask.size",
                   .label = ui.t("mask.size"),
                   .tip = ui.t("tip.mask.size"),
                   .low = MaskTool::kLeastBrush_px,
                   .high = 256,
                   .step = 4,
                   .typed_low = MaskTool::kLeastBrush_px,
                   .typed_high = MaskTool::kMostBrush_px},
                  px, is_roomy)) {
    tool.brush_px = static_cast<int>(std::lround(px));
  }
}

void draw_feather(const Ui& ui, bool is_roomy) {
  UiState& state = ui.state;
  double px = state.mask ? state.mask->feather_px() : state.mask_tool.feather_px;
  if (!draw_slider(ui,
                   {.name = "mask.feather",
                    .label = ui.t("mask.feather"),
                    .tip = ui.t("tip.mask.feather"),
                    .low = 0,
                    .high = 64,
                    .step = 4,
                    .typed_low = 0,
                    .typed_high = PaintedMask::kMostFeather_px},
                   px, is_roomy)) {
    return;
  }
  state.mask_tool.feather_px = static_cast<int>(std::lround(px));
  if (!state.mask) return;
  PaintedMask softer = *state.mask;
  softer.set_feather(state.mask_tool.feather_px);
  state.mask = std::make_shared<const PaintedMask>(std::move(softer));
}

}  // namespace

void draw_mask_bar(const Ui& ui) {
  const float left = ImGui::GetCursorPosX();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ImGui::GetContentRegionAvail().y;
  const bool is_roomy = width >= ui.px(kRoomy_px);
  const bool has_sliders = width >= ui.px(kSliders_px);
  draw_tools(ui);
  draw_gap(ui);
  if (has_sliders) draw_size(ui, is_roomy);
  if (has_sliders) draw_feather(ui, is_roomy);
  if (has_sliders) draw_gap(ui);
  const std::string none = ui.state.mask ? std::string() : ui.t("why.mask.none");
  if (draw_tool(ui, {.name = "mask.invert",
                     .icon = ICON_FA_CIRCLE_HALF_STROKE,
                     .tip = ui.t("tip.mask.invert")})) {
    ui.actions.mask.invert();
  }
  if (draw_tool(ui, {.name = "mask.clear",
                     .icon = ICON_FA_TRASH_CAN,
                     .tip = ui.t("tip.mask.clear"),
                     .disabled = none})) {
    ui.actions.mask.remove();
  }
  const std::string label = std::string(ICON_FA_CHECK) + "  " + ui.t("mask.done");
  const float done = text_width(ui, label, {0, kSmallSize}) + ui.px(24);
  ImGui::SetCursorPosX(left + width - done);
  if (button(ui, {.name = "mask.done",
                  .label = label,
                  .tip = ui.t("tip.mask.done"),
                  .size = {done, height},
                  .text_size = kSmallSize})) {
    ui.actions.mask.close_tool();
  }
}

}  // namespace headroom
