#include "headroom/core/bytes.h"
#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/memory_refusal.h"
#include "headroom/gui_toolkit/number_field.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

bool is_selected(const Ui& ui, const SizeCard& card) {
  return card.preset.size == Size{ui.state.draft.width, ui.state.draft.height};
}

// A word if there is a problem; a size that fits needs none.
std::string state_word(const Ui& ui, const SizeCard& card) {
  switch (card.state) {
    case CardState::kPending:
    case CardState::kFits:
      return {};
    case CardState::kTight:
      return ui.t("card.word.tight");
    case CardState::kSlower:
      return ui.t("card.word.slower");
    case CardState::kShort:
      return ui.t("card.word.short");
  }
  return {};
}

// Why a size does not fit, or how a size that fits will run.
std::string explain(const Ui& ui, const SizeCard& card) {
  std::string text =
      to_string(card.preset.size) + "  ·  " + ui.t("preset." + std::string(card.preset.name));
  if (card.state == CardState::kPending) return text;
  if (card.state == CardState::kShort) {
    const bool lacks_host = obstacle_of(card.peak_bytes, card.budget) == Obstacle::kNone;
    text += "\n\n" +
            (lacks_host ? fill(ui.t("refusal.host"), {format_bytes(card.plan.host_peak_bytes)})
                        : refusal_sum(card.peak_bytes, card.budget, ui.text) + "\n" +
                              refusal_cure(card.peak_bytes, card.budget, ui.frame.others, ui.text));
    if (card.suggestion)
      text += "\n" + fill(ui.t("card.tip.suggest"), {to_string(*card.suggestion)});
    return text;
  }
  text += "\n\n" + fill(ui.t("card.tip.fits"), {format_bytes(card.peak_bytes)});
  if (card.state == CardState::kSlower) {
    text += " " + (card.slowdown ? fill(ui.t("card.slower.by"), {format_times(*card.slowdown)})
                                 : ui.t("card.slower"));
  }
  const std::string host = host_text(card.plan, ui.text);
  if (!host.empty()) text += "\n" + fill(ui.t("host.beside"), {host});
  for (const std::string& option : card.plan.execution)
    text += "\n· " + option_name(option, ui.text);
  if (card.seconds && card.seconds_are_estimated) text += "\n\n" + ui.t("tip.estimated");
  if (card.recommended) text += "\n\n" + ui.t("card.tip.recommended");
  return text;
}

// Squares are drawn in proportion to their side, so that 512 looks smaller than 1024.
void draw_shape(const Ui& ui, ImVec2 at, float box, Size size, ImU32 color) {
  const float longest = static_cast<float>(std::max(size.width, size.height));
  const float side =
      box * (size.width == size.height ? 0.55F + 0.45F * (longest - 512) / 512 : 1.0F);
  const float w = std::round(side * static_cast<float>(size.width) / longest);
  const float h = std::round(side * static_cast<float>(size.height) / longest);
  const ImVec2 low{at.x, at.y + std::round((box - h) / 2)};
  ImGui::GetWindowDrawList()->AddRect(low, {low.x + w, low.y + h}, color, ui.px(2), ui.px(1.5F));
}

// Draws the card's background and returns a click.
bool draw_plate(const Ui& ui, const SizeCard& card, ImVec2 at, ImVec2 size) {
  const std::string name = "preset." + std::string(card.preset.name);
  const bool selected = is_selected(ui, card);
  const bool enabled = card.state != CardState::kShort;
  ImGui::SetCursorScreenPos(at);
  const bool clicked =
      ImGui::InvisibleButton(("##" + name).c_str(), size, ImGuiButtonFlags_EnableNav);
  const bool hovered = ImGui::IsItemHovered();
  offer_hand();
  name_item(ui, name, enabled);
  keep_clear(ui, item_rect());
  tooltip(ui, explain(ui, card));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 end{at.x + size.x, at.y + size.y};
  list.AddRectFilled(at, end, hovered ? ui.colors.card_hover : ui.colors.card, ui.px(8));
  const ImU32 color = !selected ? ui.colors.edge : enabled ? ui.colors.ring : ui.colors.bad;
  list.AddRect(at, end, color, ui.px(8), ui.px(selected ? 2.0F : 1.0F));
  return clicked;
}

void click(const Ui& ui, const SizeCard& card) {
  if (card.state != CardState::kShort) {
    ui.actions.size.choose(card.preset.size);
  } else if (card.suggestion) {
    ui.actions.size.choose_instead(card.preset.size, *card.suggestion);
  }
}

constexpr float kCardSide = 4;     // free at both sides of a card's texts, design pixels
constexpr float kLeastFigure = 9;  // size of letters

// The lines below a card's name.
struct CardFigures {
  std::string need, second, word;  // the second is the time, or what is missing
};

CardFigures figures_of(const Ui& ui, const SizeCard& card) {
  if (card.state == CardState::kPending) return {.need = "…", .second = {}, .word = {}};
  CardFigures lines{
      .need = need_text(card.peak_bytes, card.budget), .second = {}, .word = state_word(ui, card)};
  if (card.state == CardState::kShort) {
    lines.second = missing_text(card.peak_bytes, card.shortfall_bytes, card.budget);
  } else if (card.seconds) {
    lines.second = format_predicted(*card.seconds, card.seconds_are_estimated, ui.text);
    ui.dump.say("preset." + std::string(card.preset.name), lines.second);
  }
  return lines;
}

// The largest letters in which the figures of all cards fit into `room` screen pixels.
float figure_size(const Ui& ui, const std::vector<CardFigures>& cards, float room) {
  const auto fits = [&](float size) {
    const auto is_short = [&](const std::string& line) {
      return text_width(ui, line, {0, size}) <= room;
    };
    return std::ranges::all_of(cards, [&](const CardFigures& card) {
      return is_short(card.need) && is_short(card.second) && is_short(card.word);
    });
  };
  float size = kSmallSize;
  while (size > kLeastFigure && !fits(size)) size -= 0.5F;
  return size;
}

// Shape, name, memory and time, and a word if there is a problem.
void draw_card(const Ui& ui, const SizeCard& card, const CardFigures& lines, ImVec2 at, ImVec2 size,
               float letters) {
  if (draw_plate(ui, card, at, size)) click(ui, card);
  const bool shorts = card.state == CardState::kShort;
  const float alpha = shorts ? 0.55F : 1.0F;  // not for the reason and the numbers
  const float left = at.x + ui.px(kCardSide);
  const float right = at.x + size.x - ui.px(kCardSide);
  draw_shape(ui, {left, at.y + ui.px(8)}, ui.px(16), card.preset.size,
             faded(ui.colors.text_dim, alpha));
  const ImU32 color = state_color(ui, card.state);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddCircleFilled({right - ui.px(4), at.y + ui.px(12)}, ui.px(3), color);
  if (card.recommended) {
    draw_text_right(ui, right - ui.px(10), at.y + ui.px(5), ICON_FA_STAR, {ui.colors.ring, 10});
  }
  const std::string name(card.preset.name);
  draw_text(ui, {left, at.y + ui.px(26)}, name, {faded(ui.colors.text, alpha), kTextSize, true});
  const auto row = [&](float y, const char* what, const std::string& words, ImU32 words_color) {
    if (words.empty()) return;
    const TextStyle style{words_color, letters};
    const std::string text = fit_text(ui, words, style, right - left);
    const ImVec2 place{left, at.y + ui.px(y + (kSmallSize - letters) / 2)};
    draw_text(ui, place, text, style);
    ui.dump.add("figure." + name + "." + what,
                {left, place.y, text_width(ui, text, style), ui.px(letters)});
    ui.dump.say("figure." + name + "." + what, text);
  };
  row(44, "need", lines.need, ui.colors.text);
  row(59, "second", lines.second, shorts ? color : ui.colors.text_dim);
  row(74, "word", lines.word, color);
}

void draw_cards(const Ui& ui) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float gap = ui.px(4);
  const float height = ui.px(92);
  constexpr std::size_t kColumns = 5;
  const std::size_t count = ui.frame.cards.size();
  const float width = (ImGui::GetContentRegionAvail().x - (kColumns - 1) * gap) / kColumns;
  std::vector<CardFigures> lines;
  for (const SizeCard& card : ui.frame.cards) lines.push_back(figures_of(ui, card));
  const float letters = figure_size(ui, lines, std::floor(width) - 2 * ui.px(kCardSide));
  for (std::size_t i = 0; i < count; ++i) {
    const float x = at.x + static_cast<float>(i % kColumns) * (width + gap);
    const std::size_t row = i / kColumns;
    const float y = at.y + static_cast<float>(row) * (height + gap);
    draw_card(ui, ui.frame.cards[i], lines[i], {std::round(x), y}, {std::floor(width), height},
              letters);
  }
  const std::size_t rows = (count + kColumns - 1) / kColumns;
  take_room(at, static_cast<float>(rows) * (height + gap) - gap);
}

// What a side may be, and how far it may go beside `other_px` in what is free now.
std::string side_tip(const Ui& ui, int other_px) {
  std::string tip = fill(ui.t("tip.side"), {std::to_string(ui.frame.opened->model.size_unit)});
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

// Takes both sides if they were typed into one field. A locked ratio becomes theirs.
void take_both(const Ui& ui, const EnteredNumber& entered, bool is_width) {
  const int own = static_cast<int>(entered.value);
  const int other =
      static_cast<int>(std::clamp<double>(*entered.other_side, kMinSide_px, kMaxSide_px));
  ui.actions.size.choose(is_width ? Size{own, other} : Size{other, own});
  if (!entered.note.empty()) ui.state.size_note = entered.note;
  if (other == *entered.other_side) return;
  const bool is_most = other == kMaxSide_px;
  ui.state.size_note =
      fill(ui.t(is_most ? "number.most" : "number.least"),
           {std::to_string(other), std::to_string(is_most ? kMinSide_px : kMaxSide_px)});
}

// One side of the custom size; the other one is `other_px`. Returns true when a number was
// entered, which `typed` then has.
bool draw_side(const Ui& ui, const std::string& name, const std::string& letter, int& typed,
               int other_px, float width) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const std::string shown = std::to_string(typed);
  const float pad = std::max(ui.px(28), width - text_width(ui, shown, {0}) - ui.px(10));
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(pad, ui.px(5)));
  const Forecast* const forecast = ui.frame.forecast;
  const bool too_large = forecast != nullptr && !forecast->fits;
  ImGui::PushStyleColor(ImGuiCol_Text, too_large ? ui.colors.bad : ui.colors.text);
  const int unit = ui.frame.opened->model.size_unit;
  const bool is_width = name == "size.width";
  const auto entered = number_field(ui,
                                    {.id = "##" + name,
                                     .value = static_cast<double>(typed),
                                     .low = static_cast<double>(snap({1, 1}, unit).width),
                                     .high = kMaxSide_px,
                                     .step = static_cast<double>(unit),
                                     .of = is_width ? NumberOf::kWidth : NumberOf::kHeight},
                                    width);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
  const bool is_single = entered && !entered->refused && !entered->other_side;
  if (is_single) typed = static_cast<int>(entered->value);
  if (entered && entered->other_side) {
    take_both(ui, *entered, is_width);
  } else if (entered) {
    ui.state.forget_size_note();
    if (entered->refused) {
      ui.state.side_note = {name, entered->note};
    } else {
      ui.state.size_note = entered->note;
    }
  }
  outline(ui, too_large);
  name_item(ui, name);
  tooltip(ui, side_tip(ui, other_px));
  draw_text(ui, {at.x + ui.px(11), at.y + ui.px(5)}, letter, {ui.colors.text_faint, 13});
  return is_single;
}

void draw_custom(const Ui& ui) {
  UiState& state = ui.state;
  const int unit = ui.frame.opened->model.size_unit;
  const float width = ImGui::GetContentRegionAvail().x;
  const float square = ui.px(34);
  const float gap = ui.px(8);
  const float cross = ui.px(18);
  const float side = (width - 2 * square - 2 * gap - cross) / 2;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = ImGui::GetFontSize() + 2 * ui.px(5);
  bool snapped = false;
  bool entered = false;

  take_focus(ui, "size.width");
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
  if (entered && !state.keeps_ratio()) {
    state.size_note =
        fill(ui.t("size.nearest"), {format_ratio(*state.locked_ratio),
                                    to_string(Size{state.draft.width, state.draft.height})});
  } else if (entered && snapped) {
    state.size_note = fill(ui.t("size.snapped"), {std::to_string(unit)});
  }

  ImGui::SetCursorScreenPos({at.x + 2 * side + cross + gap, at.y});
  const bool locked = state.locked_ratio.has_value();
  if (button(ui, {.name = "size.lock",
                  .label = locked ? ICON_FA_LOCK : ICON_FA_LOCK_OPEN,
                  .tip = ui.t(locked ? "tip.unlock" : "tip.lock"),
                  .kind = locked ? ButtonKind::kAccent : ButtonKind::kPlain,
                  .size = {square, height},
                  .text_size = 12})) {
    state.lock_ratio(!locked);
  }
  ImGui::SetCursorScreenPos({at.x + 2 * side + cross + 2 * gap + square, at.y});
  if (button(ui, {.name = "size.swap",
                  .label = ICON_FA_RIGHT_LEFT,
                  .tip = ui.t("tip.swap"),
                  .size = {square, height},
                  .text_size = 12})) {
    state.swap_sides();
    state.forget_size_note();
  }
  take_room(at, height);
}

std::string heading(const Ui& ui, const SizesLine& line) {
  switch (line.kind) {
    case SizesLine::Kind::kPending:
      return "…";
    case SizesLine::Kind::kAllFit:
      return ui.t(line.state == CardState::kTight ? "size.all_tight" : "size.all_fit");
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

// The section's name, and a summary of the cards below.
void draw_heading(const Ui& ui) {
  const SizesLine line = describe_sizes(ui.frame.cards, ui.frame.frontier);
  section(ui, ui.t("size.label"), heading(ui, line), state_color(ui, line.state));
  name_item(ui, "size.critical");
  const Frontier* const table = ui.frame.frontier;
  tooltip(ui, table != nullptr && table->critical_point
                  ? fill(ui.t("tip.critical"), {critical_text(*table)})
                  : ui.t("tip.critical.none"));
}

// A remark on the size, in the gap between the groups, so that nothing moves.
void draw_note(const Ui& ui) {
  std::string note = ui.frame.size_note.text;
  ImU32 color = ui.colors.warn;
  for (const RequestProblem& problem : ui.frame.problems) {
    if (problem.field != RequestProblem::Field::kSize) continue;
    note = sentence(problem.message, ui.text);
    color = ui.colors.bad;
  }
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const auto& use = ui.frame.size_note.use;
  if (use) color = ui.colors.ok;
  const TextStyle style{color, kSmallSize};
  const float most = use ? width - ui.px(64) : width;
  const std::string shown = fit_text(ui, note, style, most);
  draw_text(ui, {at.x, at.y - ui.px(4)}, shown, style);
  if (use) {
    ImGui::SetCursorScreenPos({at.x + text_width(ui, shown, style) + ui.px(8), at.y - ui.px(6)});
    if (button(ui, {.name = "size.again",
                    .label = ui.t("size.use"),
                    .tip = fill(ui.t("tip.size.again"), {to_string(*use)}),
                    .size = {ui.px(48), ui.px(19)},
                    .text_size = kSmallSize})) {
      ui.actions.size.choose(*use);
    }
  }
  take_room(at, ui.px(12));
  if (!note.empty()) tooltip(ui, note);
}

}  // namespace

void draw_size_panel(const Ui& ui) {
  draw_heading(ui);
  draw_cards(ui);
  draw_custom(ui);
  draw_note(ui);
}

}  // namespace headroom
