#include "headroom/core/bytes.h"

#include "actions.h"
#include "format.h"
#include "panels.h"
#include "refusal.h"
#include "widgets.h"

#include <algorithm>
#include <cmath>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

bool is_selected(const Ui& ui, const SizeCard& card) {
  return card.preset.size == Size{ui.state.draft.width, ui.state.draft.height};
}

std::string state_word(const Ui& ui, const SizeCard& card) {
  switch (card.state) {
    case CardState::kPending:
      return ui.t("card.pending");
    case CardState::kFits:
      return ui.t("card.fits");
    case CardState::kTight:
      return ui.t("card.tight");
    case CardState::kSlower:
      return card.slowdown ? fill(ui.t("card.slower.by"), {format_times(*card.slowdown)})
                           : ui.t("card.slower");
    case CardState::kShort:
      return fill(ui.t("card.short"), {format_missing(card.shortfall_bytes)});
  }
  return {};
}

// What is in the way of a size that does not fit, or how a size that fits will run.
std::string explain(const Ui& ui, const SizeCard& card) {
  std::string text =
      to_string(card.preset.size) + "  ·  " + ui.t("preset." + std::string(card.preset.name));
  if (card.state == CardState::kPending) return text;
  if (card.state == CardState::kShort) {
    text += "\n\n" + refusal_sum(card.peak_bytes, card.budget, ui.text) + "\n" +
            refusal_cure(card.peak_bytes, card.budget, ui.frame.others, ui.text);
    if (card.suggestion)
      text += "\n" + fill(ui.t("card.tip.suggest"), {to_string(*card.suggestion)});
    return text;
  }
  text += "\n\n" + fill(ui.t("card.tip.fits"), {format_bytes(card.peak_bytes)});
  for (const std::string& rung : card.rungs) text += "\n· " + rung_name(rung, ui.text);
  if (card.recommended) text += "\n\n" + ui.t("card.tip.recommended");
  return text;
}

void draw_shape(const Ui& ui, ImVec2 at, float box, Size size, ImU32 color) {
  const float longest = static_cast<float>(std::max(size.width, size.height));
  // Squares differ by their side, so that 512 looks smaller than 1024.
  const float side =
      box * (size.width == size.height ? 0.55F + 0.45F * (longest - 512) / 512 : 1.0F);
  const float w = side * static_cast<float>(size.width) / longest;
  const float h = side * static_cast<float>(size.height) / longest;
  const ImVec2 low{at.x + (box - w) / 2, at.y + (box - h) / 2};
  ImGui::GetWindowDrawList()->AddRect(low, {low.x + w, low.y + h}, color, ui.px(2.5F), ui.px(1.3F));
}

void draw_state(const Ui& ui, ImVec2 at, float right, const SizeCard& card) {
  const ImU32 color = state_color(ui, card.state);
  const TextStyle style{color, kLabelSize};
  ImGui::GetWindowDrawList()->AddCircleFilled({at.x + ui.px(3), at.y + ui.px(8)}, ui.px(3), color);
  const float star = card.recommended ? ui.px(16) : -ui.px(5);
  draw_text(ui, {at.x + ui.px(11), at.y},
            fit_text(ui, state_word(ui, card), style, right - star - at.x - ui.px(11)), style);
  if (card.recommended)
    draw_text_right(ui, right, at.y + ui.px(1), ICON_FA_STAR, {ui.colors.ring, 11});
}

// Memory and time in at most `width` screen pixels; on a narrow card without the sign for "about".
std::string needs(const Ui& ui, const SizeCard& card, const TextStyle& style, float width) {
  if (card.state == CardState::kPending) return "…";
  const std::string bytes = format_bytes(card.peak_bytes);
  if (!card.seconds) return bytes;
  const std::string about = bytes + " · " + format_about(*card.seconds, ui.text);
  if (text_width(ui, about, style) <= width) return about;
  return fit_text(ui, bytes + " · " + format_seconds(std::round(*card.seconds), ui.text), style,
                  width);
}

// Draws the plate and reports a click.
bool draw_plate(const Ui& ui, const SizeCard& card, ImVec2 at, ImVec2 size) {
  const std::string name = "preset." + std::string(card.preset.name);
  const bool selected = is_selected(ui, card);
  const bool enabled = card.state != CardState::kShort;
  ImGui::SetCursorScreenPos(at);
  const bool clicked =
      ImGui::InvisibleButton(("##" + name).c_str(), size, ImGuiButtonFlags_EnableNav);
  const bool hovered = ImGui::IsItemHovered();
  name_item(ui, name, enabled);
  tooltip(ui, explain(ui, card));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 end{at.x + size.x, at.y + size.y};
  offer_hand();
  list.AddRectFilled(at, end, hovered ? ui.colors.card_hover : ui.colors.card, ui.px(8));
  list.AddRect(at, end,
               !selected ? ui.colors.edge
               : enabled ? ui.colors.ring
                         : ui.colors.bad,
               ui.px(8), ui.px(selected ? 2.0F : 1.0F));
  return clicked;
}

void click(const Ui& ui, const SizeCard& card) {
  if (card.state != CardState::kShort) {
    ui.actions.choose_size(card.preset.size);
  } else if (card.suggestion) {
    ui.actions.choose_instead(card.preset.size, *card.suggestion);
  }
}

void draw_square_card(const Ui& ui, const SizeCard& card, ImVec2 at, ImVec2 size) {
  if (draw_plate(ui, card, at, size)) click(ui, card);
  const float alpha = card.state == CardState::kShort ? 0.55F : 1.0F;
  const float pad = ui.px(10);
  const float right = at.x + size.x - pad;
  draw_shape(ui, {at.x + pad, at.y + ui.px(10)}, ui.px(21), card.preset.size,
             faded(ui.colors.text_dim, alpha));
  draw_text_right(ui, right, at.y + ui.px(9), std::string(card.preset.name),
                  {faded(ui.colors.text, alpha), 16, true});
  draw_text(ui, {at.x + pad, at.y + ui.px(34)}, to_string(card.preset.size),
            {ui.colors.text_faint, kLabelSize});
  const TextStyle style{ui.colors.text, kLabelSize};
  draw_text(ui, {at.x + pad, at.y + ui.px(50)}, needs(ui, card, style, right - at.x - pad), style);
  draw_state(ui, {at.x + pad, at.y + ui.px(67)}, right, card);
}

void draw_wide_card(const Ui& ui, const SizeCard& card, ImVec2 at, ImVec2 size) {
  if (draw_plate(ui, card, at, size)) click(ui, card);
  const float alpha = card.state == CardState::kShort ? 0.55F : 1.0F;
  const float pad = ui.px(10);
  const float right = at.x + size.x - pad;
  draw_shape(ui, {at.x + pad, at.y + (size.y - ui.px(26)) / 2}, ui.px(26), card.preset.size,
             faded(ui.colors.text_dim, alpha));
  const float x = at.x + pad + ui.px(35);
  draw_text(ui, {x, at.y + ui.px(5)}, std::string(card.preset.name),
            {faded(ui.colors.text, alpha), 14, true});
  draw_text_right(ui, right, at.y + ui.px(8), to_string(card.preset.size),
                  {ui.colors.text_faint, kLabelSize});
  const TextStyle style{ui.colors.text, kLabelSize};
  draw_text(ui, {x, at.y + ui.px(23)}, needs(ui, card, style, right - x), style);
  draw_state(ui, {x, at.y + ui.px(39)}, right, card);
}

void draw_cards(const Ui& ui) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float gap = ui.px(8);
  const float tall = ui.px(88);
  const float low = ui.px(57);
  const float third = (width - 2 * gap) / 3;
  const float half = (width - gap) / 2;
  for (std::size_t i = 0; i < 3; ++i) {
    draw_square_card(ui, ui.frame.cards[i], {at.x + static_cast<float>(i) * (third + gap), at.y},
                     {third, tall});
  }
  for (std::size_t i = 3; i < 5; ++i) {
    draw_wide_card(ui, ui.frame.cards[i],
                   {at.x + static_cast<float>(i - 3) * (half + gap), at.y + tall + gap},
                   {half, low});
  }
  take_room(at, tall + gap + low + ui.px(2));
}

// What a side may be, and how far it may go beside `other_px` in what is free now.
std::string side_tip(const Ui& ui, int other_px) {
  std::string tip = fill(ui.t("tip.side"), {std::to_string(ui.services.model.size_unit)});
  if (ui.frame.frontier == nullptr) return tip;
  const auto longest = longest_side(*ui.frame.frontier, other_px);
  tip +=
      "\n\n" +
      (longest ? fill(ui.t("tip.side.limit"),
                      {std::to_string(other_px),
                       std::to_string(*longest) + (*longest == ui.frame.frontier->max ? "+" : "")})
               : fill(ui.t("tip.side.none"), {std::to_string(other_px)}));
  return tip;
}

// One side of the custom size, beside one of `other_px`; returns true when a number was entered.
bool draw_side(const Ui& ui, const std::string& name, const std::string& letter, int& typed,
               int other_px, float width) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const std::string shown = std::to_string(typed);
  const float pad = std::max(ui.px(28), width - text_width(ui, shown, {0}) - ui.px(10));
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(pad, ui.px(5)));
  ImGui::SetNextItemWidth(width);
  const Forecast* const forecast = ui.frame.forecast;
  const bool too_large = forecast != nullptr && !forecast->fits;
  ImGui::PushStyleColor(ImGuiCol_Text, too_large ? ui.colors.bad : ui.colors.text);
  ImGui::InputInt(("##" + name).c_str(), &typed, 0, 0, ImGuiInputTextFlags_AutoSelectAll);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
  const bool entered = ImGui::IsItemDeactivatedAfterEdit();
  outline(ui, too_large);
  name_item(ui, name);
  tooltip(ui, side_tip(ui, other_px));
  draw_text(ui, {at.x + ui.px(11), at.y + ui.px(5)}, letter, {ui.colors.text_faint, 13});
  return entered;
}

void draw_custom(const Ui& ui) {
  UiState& state = ui.state;
  const int unit = ui.services.model.size_unit;
  const float width = ImGui::GetContentRegionAvail().x;
  const float square = ui.px(34);
  const float gap = ui.px(8);
  const float cross = ui.px(18);
  const float side = (width - 2 * square - 2 * gap - cross) / 2;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = ImGui::GetFontSize() + 2 * ui.px(5);
  bool snapped = false;
  bool entered = false;

  if (draw_side(ui, "size.width", ui.t("size.w"), state.typed_width, state.draft.height, side)) {
    entered = true;
    snapped = state.commit_width(unit);
  }
  draw_text(ui, {at.x + side + ui.px(5), at.y + ui.px(4)}, "×", {ui.colors.text_faint});
  ImGui::SetCursorScreenPos({at.x + side + cross, at.y});
  if (draw_side(ui, "size.height", ui.t("size.h"), state.typed_height, state.draft.width, side)) {
    entered = true;
    snapped = state.commit_height(unit);
  }
  if (entered)
    state.size_note = snapped ? fill(ui.t("size.snapped"), {std::to_string(unit)}) : std::string();

  ImGui::SetCursorScreenPos({at.x + 2 * side + cross + gap, at.y});
  const bool locked = state.lock_ratio;
  if (button(ui, {.name = "size.lock",
                  .label = locked ? ICON_FA_LOCK : ICON_FA_LOCK_OPEN,
                  .tip = ui.t(locked ? "tip.unlock" : "tip.lock"),
                  .kind = locked ? ButtonKind::kAccent : ButtonKind::kPlain,
                  .size = {square, height},
                  .text_size = 12})) {
    state.lock_ratio = !state.lock_ratio;
  }
  ImGui::SetCursorScreenPos({at.x + 2 * side + cross + 2 * gap + square, at.y});
  if (button(ui, {.name = "size.swap",
                  .label = ICON_FA_RIGHT_LEFT,
                  .tip = ui.t("tip.swap"),
                  .size = {square, height},
                  .text_size = 12})) {
    state.swap_sides();
    state.size_note.clear();
  }
  take_room(at, height + ui.px(3));
}

std::string heading(const Ui& ui, const SizesLine& line) {
  switch (line.kind) {
    case SizesLine::Kind::kPending:
      return "…";
    case SizesLine::Kind::kAllFit:
      return ui.t("size.all_fit");
    case SizesLine::Kind::kUpTo:
      return fill(ui.t("size.up_to"), {line.size});
    case SizesLine::Kind::kOnly:
      return fill(ui.t("size.only"), {line.size});
    case SizesLine::Kind::kAllSlower:
      return ui.t("size.all_slower");
    case SizesLine::Kind::kNone:
      return ui.t("size.nothing");
  }
  return {};
}

// The section's name, and what the cards below say together.
void draw_heading(const Ui& ui) {
  const SizesLine line = describe_sizes(ui.frame.cards, ui.frame.frontier);
  const CardState state = line.kind == SizesLine::Kind::kPending     ? CardState::kPending
                          : line.kind == SizesLine::Kind::kAllSlower ? CardState::kSlower
                          : line.kind == SizesLine::Kind::kNone      ? CardState::kShort
                                                                     : CardState::kFits;
  section(ui, ui.t("size.label"), heading(ui, line), state_color(ui, state));
  name_item(ui, "size.critical");
  const Frontier* const table = ui.frame.frontier;
  tooltip(ui, table != nullptr && table->critical_point
                  ? fill(ui.t("tip.critical"), {critical_text(*table)})
                  : ui.t("tip.critical.none"));
}

}  // namespace

void draw_size_panel(const Ui& ui) {
  draw_heading(ui);
  draw_cards(ui);
  draw_custom(ui);
  for (const RequestProblem& problem : ui.frame.problems) {
    if (problem.field == RequestProblem::Field::kSize) {
      paragraph(ui, problem.message, {ui.colors.bad, kSmallSize});
    }
  }
  if (!ui.state.size_note.empty()) {
    paragraph(ui, ui.state.size_note, {ui.colors.warn, kSmallSize});
  } else if (is_beyond_training({ui.state.draft.width, ui.state.draft.height}, ui.services.model)) {
    paragraph(ui, ui.t("size.beyond"), {ui.colors.warn, kSmallSize});
  }
}

}  // namespace headroom
