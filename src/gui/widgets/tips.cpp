// When an explanation is shown, how much of it, and where; see widgets.h.
#include "widgets/widgets.h"

#include <algorithm>
#include <cmath>

#include <imgui.h>

namespace headroom {
namespace {

constexpr double kRest_s = 1;  // until all of a tip is shown, and until the keyboard shows one

// Which part of the last item's tip is to be shown: nothing, the first line, all.
enum class TipPart { kNone, kFirstLine, kAll };

// Follows the item that the mouse, or the keyboard, is on. Returns since when it is, in seconds.
double follow(TipState& tips, unsigned id, double now) {
  if (tips.item != id) tips = {.item = id, .pressed = tips.pressed, .since = now};
  // A tip that grows takes a few frames to find its size.
  constexpr double kGrows_s = 0.25;
  const double due = tips.since + kRest_s;
  if (now < due + kGrows_s) tips.due = std::max(due, now + kGrows_s / 3);
  return now - tips.since;
}

TipPart tip_part(const Ui& ui) {
  TipState& mouse = ui.state.mouse_tip;
  TipState& keyboard = ui.state.keyboard_tip;
  const Rect rect = item_rect();
  const unsigned id = ImGui::GetItemID() != 0
                          ? ImGui::GetItemID()
                          : ImGui::GetID(static_cast<int>(std::lround(rect.x + 7919 * rect.y)));
  const bool pointed =
      ImGui::IsItemHovered(ImGuiHoveredFlags_NoNavOverride | ImGuiHoveredFlags_AllowWhenDisabled);
  const bool focused = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
  const ImVec2 at = ImGui::GetIO().MousePos;
  if (mouse.pressed && !mouse.pressed->contains(at.x, at.y)) mouse.pressed.reset();
  if (!pointed && mouse.item == id) mouse = {.pressed = mouse.pressed};
  if (!focused && keyboard.item == id) keyboard = {};
  if (pointed) {
    const double rested = follow(mouse, id, ui.frame.now);
    // What was pressed needs no explanation until the mouse comes back; nor does a field that is
    // being typed into.
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) mouse.pressed = rect;
    if (mouse.pressed || ImGui::IsItemActive() ||
        !ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip | ImGuiHoveredFlags_NoNavOverride |
                              ImGuiHoveredFlags_AllowWhenDisabled)) {
      return TipPart::kNone;
    }
    return rested >= kRest_s ? TipPart::kAll : TipPart::kFirstLine;
  }
  if (!focused || ImGui::IsItemActive()) return TipPart::kNone;
  const double rested = follow(keyboard, id, ui.frame.now);
  return rested >= kRest_s || ImGui::IsKeyDown(ImGuiKey_F1) ? TipPart::kAll : TipPart::kNone;
}

struct TipPlace {
  ImVec2 corner;
  ImVec2 pivot;  // of the tip, that lies on the corner
  float width;   // of its text
};

// Beside the last item and within its panel, so that a tip never covers the picture.
TipPlace tip_place(const Ui& ui) {
  const Rect item = item_rect();
  const Layout& layout = ui.frame.layout;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float gap = ui.px(6);
  const float margin = ui.px(12);
  const double x = item.x + item.w / 2;
  const double y = item.y + item.h / 2;
  const auto bottom = static_cast<float>(item.y + item.h);
  const bool drawer = layout.details_shown && layout.details.contains(x, y);
  const bool canvas = layout.canvas.contains(x, y) && !drawer;
  const bool above = canvas ? bottom + ui.px(70) > screen.y : y > screen.y * 0.5;
  TipPlace place{
      {static_cast<float>(item.x), above ? static_cast<float>(item.y) - gap : bottom + gap},
      {0, above ? 1.0F : 0.0F},
      ui.px(300)};
  if (drawer || x > screen.x / 2) {
    place.pivot.x = 1;
    place.corner.x = std::min(static_cast<float>(item.x + item.w), screen.x - gap);
  }
  if (drawer) {
    place.corner.x = static_cast<float>(layout.details.x + layout.details.w) - margin;
    place.width = static_cast<float>(layout.details.w) - 4 * margin;
  } else if (layout.make.contains(x, y) && layout.kind != LayoutKind::kComposer) {
    place.corner.x = static_cast<float>(layout.make.x) + margin;
    place.width = static_cast<float>(layout.make.w) - 4 * margin;
  }
  return place;
}

}  // namespace

bool wants_tip(const Ui& ui) { return tip_part(ui) != TipPart::kNone; }

void tooltip(const Ui& ui, const std::string& text) {
  if (text.empty()) return;
  const TipPart part = tip_part(ui);
  if (part == TipPart::kNone) return;
  const std::string shown = part == TipPart::kAll ? text : text.substr(0, text.find('\n'));
  const float width = tip_place(ui).width;
  if (!begin_tip(ui)) return;
  ui.dump.say("tip", shown);
  paragraph(ui, shown, {ui.colors.text, kSmallSize}, width);
  end_tip();
}

bool begin_tip(const Ui& ui) {
  const TipPlace place = tip_place(ui);
  ImGui::SetNextWindowPos(place.corner, ImGuiCond_Always, place.pivot);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(12), ui.px(8)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, ui.px(8));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, ui.px(1));
  const bool open = ImGui::BeginTooltip();
  ImGui::PopStyleVar(3);
  if (!open) return false;
  ImGui::PushFont(ui.fonts.regular, kSmallSize);
  const ImVec2 at = ImGui::GetWindowPos();
  const ImVec2 size = ImGui::GetWindowSize();
  ui.dump.add("tip", {at.x, at.y, size.x, size.y});
  return true;
}

void end_tip() {
  ImGui::PopFont();
  ImGui::EndTooltip();
}

}  // namespace headroom
