// When a tooltip is shown, how much of it, and where; see widgets.h.
#include "headroom/gui_toolkit/tip_place.h"
#include "headroom/gui_toolkit/widgets.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <imgui.h>
#include <imgui_internal.h>

namespace headroom {
namespace {

constexpr double kRest_s = 1;  // until the whole tooltip is shown, and until focus shows one

// Which part of the last item's tooltip to show.
enum class TipPart { kNone, kFirstLine, kAll };

// Follows the item under the mouse or with focus. Returns for how many seconds it has been there.
double follow(TipState& tips, unsigned id, double now) {
  if (tips.item != id) tips = {.item = id, .pressed = tips.pressed, .since = now};
  // A tooltip that grows needs a few frames to find its size.
  constexpr double kGrows_s = 0.25;
  const double due = tips.since + kRest_s;
  if (now < due + kGrows_s) tips.due = std::max(due, now + kGrows_s / 3);
  return now - tips.since;
}

// The last item's; some have no id of their own.
unsigned item_id() {
  const Rect rect = item_rect();
  return ImGui::GetItemID() != 0
             ? ImGui::GetItemID()
             : ImGui::GetID(static_cast<int>(std::lround(rect.x + 7919 * rect.y)));
}

TipPart tip_part(const Ui& ui) {
  TipState& mouse = ui.state.mouse_tip;
  TipState& keyboard = ui.state.keyboard_tip;
  const Rect rect = item_rect();
  const unsigned id = item_id();
  const bool pointed =
      ImGui::IsItemHovered(ImGuiHoveredFlags_NoNavOverride | ImGuiHoveredFlags_AllowWhenDisabled);
  const bool focused = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
  const ImVec2 at = ImGui::GetIO().MousePos;
  if (mouse.pressed && !mouse.pressed->contains(at.x, at.y)) mouse.pressed.reset();
  if (!pointed && mouse.item == id) mouse = {.pressed = mouse.pressed};
  if (!focused && keyboard.item == id) keyboard = {};
  if (pointed) {
    const double rested = follow(mouse, id, ui.frame.now);
    // A clicked item needs no tooltip until the mouse leaves it and comes back; nor does a field
    // that is being edited.
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

// Uses the work areas that were drawn in the last frame.
TipRoom tip_room(const Ui& ui) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  return {.screen = {0, 0, screen.x, screen.y},
          .item = item_rect(),
          .work = ui.state.places.work,
          .rest = ui.state.places.rest,
          .gap = ui.px(6)};
}

constexpr float kAcross_px = 12;  // from edge to text
constexpr float kDown_px = 8;

struct TextPlace {
  Rect rect;
  float width = 0;  // of the text
};

// For the whole text, so that the tooltip stays in place when it grows. If there is no room for a
// narrow column, lines may be longer.
TextPlace text_place(const Ui& ui, const std::string& text, const TextStyle& style) {
  const TipRoom room = tip_room(ui);
  TextPlace best;
  for (const float longest : {ui.px(288), ui.px(440), ui.px(620)}) {
    const float most = static_cast<float>(room.screen.w) - 2 * ui.px(kAcross_px + 6);
    const float width = std::min(longest, most);
    const ImVec2 size = paragraph_size(ui, text, style, width);
    const Rect rect = place_tip(room, size.x + 2 * ui.px(kAcross_px), size.y + 2 * ui.px(kDown_px));
    if (best.width > 0 && covered(rect, room.work) >= covered(best.rect, room.work)) continue;
    best = {rect, width};
    if (covered(rect, room.work) == 0) break;
  }
  return best;
}

// Opens a tooltip in its place; if it does not need all of that, in the part nearest to the item.
bool open_tip(const Ui& ui, const Rect& place, const std::string& name) {
  const Rect item = item_rect();
  const auto id = static_cast<int>(item_id());
  const ImVec2 pivot{place.x + place.w <= item.x ? 1.0F : 0.0F,
                     place.y + place.h <= item.y ? 1.0F : 0.0F};
  ImGui::SetNextWindowPos({static_cast<float>(place.x + pivot.x * place.w),
                           static_cast<float>(place.y + pivot.y * place.h)},
                          ImGuiCond_Always, pivot);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(kAcross_px), ui.px(kDown_px)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, ui.px(8));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, ui.px(1));
  const bool open = ImGui::BeginTooltip();
  ImGui::PopStyleVar(3);
  if (!open) return false;
  ImGui::PushFont(ui.fonts.regular, kSmallSize);
  const ImVec2 at = ImGui::GetWindowPos();
  const ImVec2 size = ImGui::GetWindowSize();
  // A new window is measured in one hidden frame before it is placed. One that had another item's
  // text in the last frame still has its size, and a table finds its own in several frames.
  int& last_item = *ImGui::GetStateStorage()->GetIntRef(ImGui::GetID("item"));
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const bool could_be_whole = size.x <= screen.x && size.y <= screen.y;
  const bool is_whole =
      at.x >= 0 && at.y >= 0 && at.x + size.x <= screen.x && at.y + size.y <= screen.y;
  if (std::exchange(last_item, id) != id || (could_be_whole && !is_whole))
    ImGui::GetCurrentWindow()->Hidden = true;
  if (ImGui::GetCurrentWindowRead()->Hidden) return true;
  ui.dump.add("tip", {at.x, at.y, size.x, size.y});
  ui.dump.add("tip_place", place);
  ui.dump.say("tip_of", name);
  return true;
}

void close_tip() {
  ImGui::PopFont();
  ImGui::EndTooltip();
}

}  // namespace

void tooltip(const Ui& ui, const std::string& text) {
  const TipPart part = tip_part(ui);  // always called, since it also notes clicks
  if (text.empty()) return;
  const std::string item = ui.dump.explain(item_rect());
  if (part == TipPart::kNone) return;
  const TextStyle style{ui.colors.text, kSmallSize};
  const TextPlace place = text_place(ui, text, style);
  const std::string shown = part == TipPart::kAll ? text : text.substr(0, text.find('\n'));
  if (!open_tip(ui, place.rect, item)) return;
  ui.dump.say("tip", shown);
  paragraph(ui, shown, style, place.width);
  close_tip();
}

bool begin_tip(const Ui& ui) {
  const std::string item = ui.dump.explain(item_rect());
  if (tip_part(ui) == TipPart::kNone) return false;
  // Placed with the size of the last frame; the first frame is invisible.
  UiState& state = ui.state;
  if (state.drawn_tip != ImGui::GetItemID()) state.drawn_tip_w = state.drawn_tip_h = 0;
  state.drawn_tip = ImGui::GetItemID();
  return open_tip(ui, place_tip(tip_room(ui), state.drawn_tip_w, state.drawn_tip_h), item);
}

void end_tip(const Ui& ui) {
  const ImGuiWindow& window = *ImGui::GetCurrentWindowRead();
  ui.state.drawn_tip_w = window.DC.CursorMaxPos.x - window.Pos.x + ui.px(kAcross_px);
  ui.state.drawn_tip_h = window.DC.CursorMaxPos.y - window.Pos.y + ui.px(kDown_px);
  close_tip();
}

}  // namespace headroom
