
#include "headroom/gui_toolkit/widgets.h"

#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/number_field.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <imgui.h>
#include <imgui_internal.h>

namespace headroom {
namespace {

ImVec4 vec(ImU32 color) { return ImGui::ColorConvertU32ToFloat4(color); }

}  // namespace

void take_focus(const Ui& ui, const char* name) {
  if (ui.state.focus != name) return;
  ImGui::SetKeyboardFocusHere();
  ui.state.focus.clear();
}

void take_room(ImVec2 at, float height) {
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({ImGui::GetContentRegionAvail().x, height});
}

Rect item_rect() {
  const ImVec2 low = ImGui::GetItemRectMin();
  const ImVec2 high = ImGui::GetItemRectMax();
  return {low.x, low.y, high.x - low.x, high.y - low.y};
}

void name_item(const Ui& ui, const std::string& name, bool enabled) {
  // A new window is measured in one hidden frame before it is placed.
  if (ImGui::GetCurrentWindowRead()->Hidden) return;
  if (ui.dump.active() && ImGui::IsItemVisible()) ui.dump.add(name, item_rect(), enabled);
}

void keep_clear(const Ui& ui, const Rect& rect, bool work) {
  (work ? ui.state.next_places.work : ui.state.next_places.rest).push_back(rect);
}

void offer_hand() {
  if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
}

void outline(const Ui& ui, bool trouble, float rounding) {
  outline(ui, *ImGui::GetWindowDrawList(), trouble, rounding);
}

void outline(const Ui& ui, ImDrawList& list, bool trouble, float rounding) {
  const bool active = ImGui::IsItemActive();
  const ImU32 color = trouble                  ? ui.colors.bad
                      : active                 ? ui.colors.text
                      : ImGui::IsItemHovered() ? ui.colors.text_dim
                                               : ui.colors.edge;
  list.AddRect(ImGui::GetItemRectMin(), ImGui::GetItemRectMax(), color, ui.px(rounding),
               ui.px(active && !ImGui::GetIO().NavVisible ? 2.0F : 1.0F));
}

bool button(const Ui& ui, const ButtonOptions& o) {
  const bool enabled = o.disabled.empty();
  const bool accent = enabled && o.kind == ButtonKind::kAccent;
  const Palette& c = ui.colors;
  ImU32 normal = c.field;
  ImU32 hover = c.field_hover;
  ImU32 active = c.field_active;
  ImU32 text = enabled ? c.text : c.text_faint;
  if (accent) {
    normal = c.accent, hover = c.accent_hover, active = c.accent_active, text = c.on_accent;
  } else if (o.kind == ButtonKind::kQuiet) {
    normal = 0, text = enabled ? c.text_dim : c.text_faint;
  }
  // The outline shows that it can be clicked.
  const bool edge = enabled && o.kind == ButtonKind::kPlain;
  ImGui::PushStyleColor(ImGuiCol_Border, vec(c.edge));
  ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, edge ? ui.px(1) : 0);
  ImGui::PushStyleVar(ImGuiStyleVar_DisabledAlpha, 1.0F);
  ImGui::PushStyleColor(ImGuiCol_Button, vec(normal));
  ImGui::PushStyleColor(ImGuiCol_ButtonHovered, vec(hover));
  ImGui::PushStyleColor(ImGuiCol_ButtonActive, vec(active));
  ImGui::PushStyleColor(ImGuiCol_Text, vec(text));
  ImGui::PushFont(o.bold ? ui.fonts.bold : ui.fonts.regular, o.text_size);
  // With a given height, the label is centred in it.
  const ImVec2 pad = ImGui::GetStyle().FramePadding;
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding,
                      o.size.y > 0 ? ImVec2(o.size.x > 0 ? 0 : pad.x, 0) : pad);
  ImGui::BeginDisabled(!enabled);
  ui.dump.show(o.label);
  const bool pressed = ImGui::Button((o.label + "###" + o.name).c_str(), o.size);
  ImGui::EndDisabled();
  ImGui::PopStyleVar(3);
  ImGui::PopFont();
  ImGui::PopStyleColor(5);
  if (enabled) offer_hand();
  name_item(ui, o.name, enabled);
  tooltip(ui, enabled ? o.tip : o.disabled);
  return pressed;
}

namespace {

constexpr float kKnob = 6.5F;  // radius

// Moves `value` of the last item, a track from `left`, to the mouse; returns whether it changed.
// A drag is one undo step: the frame of the press ends with a record, so nothing is changed before
// the next one. A field that lost the keyboard by the press takes its number no later than then,
// which is recorded, too.
bool follow_mouse(const Ui& ui, const SliderOptions& o, double& value, float left, float length) {
  const bool released = ImGui::IsItemDeactivated() && ImGui::IsMouseReleased(ImGuiMouseButton_Left);
  bool& has_moved = *ImGui::GetStateStorage()->GetBoolRef(ImGui::GetItemID());
  if (ImGui::IsItemActivated()) has_moved = false;
  const bool held = ImGui::IsItemActive() && !ImGui::IsItemActivated();
  if ((!held && !released) || !ImGui::IsMousePosValid()) return false;
  const double fraction = std::clamp((ImGui::GetIO().MousePos.x - left) / length, 0.0F, 1.0F);
  const double aimed = o.low + fraction * (o.high - o.low);
  const double stepped =
      std::clamp(o.low + std::round((aimed - o.low) / o.step) * o.step, o.low, o.high);
  if (stepped == value) return false;
  if (!std::exchange(has_moved, true)) ui.state.record();
  value = stepped;
  return true;
}

// The track and knob; returns whether the value changed.
bool draw_track(const Ui& ui, const SliderOptions& o, double& value, float width, float height) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::InvisibleButton(("##track" + o.name).c_str(), {width, height});
  const float knob = kKnob * ui.scale;
  const float left = at.x + knob;
  const float length = width - 2 * knob;
  const bool changed = follow_mouse(ui, o, value, left, length);
  const bool lit = ImGui::IsItemActive() || ImGui::IsItemHovered();
  offer_hand();
  name_item(ui, o.name);
  tooltip(ui, o.tip);
  const float fraction =
      static_cast<float>(std::clamp((value - o.low) / (o.high - o.low), 0.0, 1.0));
  const float middle = at.y + height / 2;
  const float x = left + fraction * length;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float half = ui.px(2);
  list.AddRectFilled({left, middle - half}, {left + length, middle + half}, ui.colors.edge, half);
  list.AddRectFilled({left, middle - half}, {x, middle + half}, ui.colors.text_dim, half);
  if (lit) list.AddCircleFilled({x, middle}, knob + ui.px(4), faded(ui.colors.text_dim, 0.3F));
  list.AddCircleFilled({x, middle}, knob, ui.state.dark ? ui.colors.text : IM_COL32_WHITE);
  if (!ui.state.dark) list.AddCircle({x, middle}, knob, ui.colors.edge, 0, ui.px(1.5F));
  return changed;
}

bool draw_number(const Ui& ui, const SliderOptions& o, double& value, float width) {
  const std::string shown = format_number(value);
  const TextStyle style{ui.colors.text, kTextSize};
  // The number is right-aligned like a column of figures. While it is edited, ImGui needs a fixed
  // left edge: it stays the same.
  const float pad = std::max(ui.px(6), width - text_width(ui, shown, style) - ui.px(8));
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(pad, ui.px(3)));
  if (o.trouble) ImGui::PushStyleColor(ImGuiCol_Text, vec(ui.colors.bad));
  const double before = value;
  take_focus(ui, o.name.c_str());
  const auto entered = number_field(ui,
                                    {.id = "##value" + o.name,
                                     .value = value,
                                     .low = o.typed_low,
                                     .high = o.typed_high,
                                     .step = o.step,
                                     .of = o.of},
                                    width, &value);
  if (o.trouble) ImGui::PopStyleColor();
  ImGui::PopStyleVar();
  outline(ui, o.trouble);
  name_item(ui, o.name + ".value");
  tooltip(ui, o.tip);
  if (entered) {
    value = entered->value;
    ui.state.number_note = {o.name, entered->note};
  }
  return value != before;
}

}  // namespace

bool is_second_click() {
  const ImGuiIO& io = ImGui::GetIO();
  return ImGui::IsMouseReleased(ImGuiMouseButton_Left) && !io.KeyShift &&
         io.MouseClickedLastCount[ImGuiMouseButton_Left] > 1;
}

bool slider(const Ui& ui, const SliderOptions& o, double& value) {
  const float width = ImGui::GetContentRegionAvail().x;
  const float row = ui.px(24);
  const float label = ui.px(o.label_px);
  const float number = ui.px(o.number_px);
  const float gap = number > 0 ? ui.px(10) : 0;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  draw_text(ui, {at.x, at.y + (row - ui.px(kTextSize + 4)) / 2}, o.label, {ui.colors.text_dim});
  // The track begins where the fields of other rows begin; the knob may extend beyond its end.
  const float knob = kKnob * ui.scale;
  ImGui::SetCursorScreenPos({at.x + label - knob, at.y});
  bool changed = draw_track(ui, o, value, width - label - number - gap + knob, row);
  ImGui::SetCursorScreenPos({at.x + width - number, at.y});
  if (number > 0) changed = draw_number(ui, o, value, number) || changed;
  take_room(at, row);
  if (ui.state.number_note.field == o.name && !ui.state.number_note.text.empty())
    paragraph(ui, ui.state.number_note.text, {ui.colors.warn, kSmallSize});
  return changed;
}

bool was_copied(const Ui& ui, const std::string& name) {
  constexpr double kSaid_s = 1.5;
  return ui.state.copied == name && ui.frame.now - ui.state.copied_at < kSaid_s;
}

void copy_on_click(const Ui& ui, const std::string& name, const std::string& value) {
  name_item(ui, name);
  ui.dump.say(name, value);
  offer_hand();
  if (!ImGui::IsItemClicked()) return;
  ImGui::SetClipboardText(value.c_str());
  ui.state.copied = name;
  ui.state.copied_at = ui.frame.now;
}

void value_row(const Ui& ui, const std::string& key, const std::string& value,
               const ValueOptions& o) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.px(21);
  const std::string name = "value." + (key.empty() ? std::to_string(o.index) : key);
  const bool copied = was_copied(ui, name);
  const std::string label = copied ? ui.t("value.copied") : key.empty() ? "" : ui.t(key);
  const TextStyle key_style{copied ? ui.colors.ok : ui.colors.text_dim, kTextSize};
  const TextStyle value_style{o.color != 0 ? o.color : ui.colors.text, kTextSize};
  draw_text(ui, {at.x, at.y + ui.px(2)}, label, key_style);
  const float room = width - text_width(ui, label, key_style) - ui.px(12);
  const std::string shown = fit_text(ui, value, value_style, room);
  draw_text_right(ui, at.x + width, at.y + ui.px(2), shown, value_style);
  ImGui::InvisibleButton(("##" + name).c_str(), {width, height});
  copy_on_click(ui, name, value);
  std::string hint = o.tip;
  if (shown != value) hint = o.tip.empty() ? value : value + "\n\n" + o.tip;
  tooltip(ui, hint.empty() ? ui.t("tip.copy") : hint + "\n\n" + ui.t("tip.copy"));
}

void draw_hatched(ImDrawList& list, ImVec2 low, ImVec2 high, ImU32 fill, ImU32 stripe, float gap) {
  if (high.x <= low.x) return;
  list.AddRectFilled(low, high, fill);
  list.PushClipRect(low, high, true);
  const float rise = high.y - low.y;
  for (float x = low.x - rise; x < high.x; x += gap) {
    list.AddLine({x, high.y}, {x + rise, low.y}, stripe, gap * 0.3F);
  }
  list.PopClipRect();
}

ImU32 state_color(const Ui& ui, CardState state) {
  switch (state) {
    case CardState::kPending:
      return ui.colors.text_faint;
    case CardState::kFits:
      return ui.colors.ok;
    case CardState::kTight:
    case CardState::kSlower:
      return ui.colors.warn;
    case CardState::kShort:
      return ui.colors.bad;
  }
  return ui.colors.text_faint;
}

void begin_panel(const Ui&, const char* id, const Rect& area, ImU32 background, ImVec2 padding,
                 ImGuiWindowFlags flags, bool over) {
  if (!over) flags |= ImGuiWindowFlags_NoBringToFrontOnFocus;
  ImGui::SetNextWindowPos({static_cast<float>(area.x), static_cast<float>(area.y)});
  ImGui::SetNextWindowSize({static_cast<float>(area.w), static_cast<float>(area.h)});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, vec(background));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, padding);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
  ImGui::Begin(id, nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoResize |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoFocusOnAppearing | flags);
  ImGui::PopStyleVar(2);
  ImGui::PopStyleColor();
}

}  // namespace headroom
