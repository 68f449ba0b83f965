#include "panels/model_rows.h"

#include "headroom/core/bytes.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/memory_refusal.h"
#include "headroom/gui_state/model_list.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels/sheet.h"

#include <algorithm>
#include <string>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

// Design pixels.
constexpr float kPad = 8;
constexpr float kName = 20;
constexpr float kLine = 17;
constexpr float kCommand = 30;
constexpr float kGap = 6;
constexpr float kWideCell = 136;  // need and time fit on one line

// The content of a row and its height, screen pixels.
struct RowLayout {
  std::string problem;  // in the window's language
  float text = 0;       // width of its texts
  float problem_height = 0;
  bool has_cells = false;
  bool is_wide = false;  // a size takes two lines, else three
  [[nodiscard]] float cells_height(const Ui& ui) const {
    return has_cells ? ui.px(kGap + (is_wide ? 2 : 3) * kLine) : 0;
  }
};

RowLayout lay_out_row(const Ui& ui, const ModelOffer& offer, float width) {
  RowLayout row;
  row.text = width - ui.px(kModelIndent + 12);
  // Missing parts are listed by name, and the command below downloads them.
  if (!offer.missing.empty()) {
    row.problem = fill(ui.t("models.missing"), {ui.text.words(say_missing(offer.missing))});
  } else if (!offer.problem.empty()) {
    row.problem = sentence(offer.problem, ui.text);
  }
  if (!row.problem.empty()) {
    row.problem_height = ui.px(4) + paragraph_size(ui, row.problem, {0, kSmallSize}, row.text).y;
  }
  row.has_cells = !offer.presets.empty() || !offer.is_judged;
  row.is_wide = row.text / static_cast<float>(kSizePresets.size()) >= ui.px(kWideCell);
  return row;
}

// A word, so that the meaning does not depend on colour. A size that does not fit needs none, since
// it says how much is missing.
std::string word_of(const Ui& ui, CardState state) {
  if (state == CardState::kTight) return ui.t("card.word.tight");
  return state == CardState::kSlower ? ui.t("card.word.slower") : std::string();
}

// "● 512", what it needs, and its seconds.
void draw_cell(const Ui& ui, const SizeCard& card, ImVec2 at, float width, bool is_wide,
               const std::string& name) {
  const ImU32 color = state_color(ui, card.state);
  const bool is_short = card.state == CardState::kShort;
  ImGui::GetWindowDrawList()->AddCircleFilled({at.x + ui.px(4), at.y + ui.px(8)}, ui.px(3), color);
  const TextStyle title{ui.colors.text, kSmallSize, true};
  const std::string preset(card.preset.name);
  draw_text(ui, {at.x + ui.px(13), at.y}, preset, title);
  const float word = at.x + ui.px(13) + text_width(ui, preset, title) + ui.px(6);
  const TextStyle quiet{color, kSmallSize};
  draw_text(ui, {word, at.y}, fit_text(ui, word_of(ui, card.state), quiet, at.x + width - word),
            quiet);
  std::string need = "…";
  std::string time;
  if (card.state != CardState::kPending) need = need_text(card.peak_bytes, card.budget);
  if (is_short) {
    time = fill(ui.t("models.short"),
                {missing_text(card.peak_bytes, card.shortfall_bytes, card.budget)});
  } else if (card.seconds) {
    time = format_predicted(*card.seconds, card.seconds_are_estimated, ui.text);
  }
  ui.dump.say(name, time.empty() ? need : need + " · " + time);
  const TextStyle figure{is_short ? ui.colors.bad : ui.colors.text_dim, kSmallSize};
  const float left = at.x + ui.px(13);
  const float room = width - ui.px(17);
  const auto line = [&](float y, const std::string& text) {
    draw_text(ui, {left, at.y + ui.px(y)}, fit_text(ui, text, figure, room), figure);
  };
  if (is_wide) {
    line(kLine, time.empty() ? need : need + " · " + time);
  } else {
    line(kLine, need);
    line(2 * kLine, time);
  }
}

// The command as it is typed, and a button that copies it.
void draw_command(const Ui& ui, const std::string& command, ImVec2 at, float width,
                  const std::string& name) {
  const bool copied = was_copied(ui, name);
  const std::string label = ui.t(copied ? "value.copied" : "models.copy");
  const float size = std::max(text_width(ui, ui.t("models.copy"), {0, kSmallSize}),
                              text_width(ui, ui.t("value.copied"), {0, kSmallSize})) +
                     ui.px(24);
  const float room = width - size - ui.px(8);
  const float height = ui.px(26);
  ImGui::GetWindowDrawList()->AddRectFilled(at, {at.x + room, at.y + height}, ui.colors.well,
                                            ui.px(6));
  const TextStyle style{ui.colors.text_dim, kSmallSize};
  draw_text(ui, {at.x + ui.px(10), at.y + ui.px(5)}, fit_text(ui, command, style, room - ui.px(20)),
            style);
  ImGui::SetCursorScreenPos({at.x + room + ui.px(8), at.y});
  if (button(ui, {.name = name,
                  .label = label,
                  .tip = fill(ui.t("tip.models.copy"), {command}),
                  .size = {size, height},
                  .text_size = kSmallSize})) {
    ImGui::SetClipboardText(command.c_str());
    ui.state.copied = name;
    ui.state.copied_at = ui.frame.now;
  }
}

// Name and details, in two lines.
void draw_name(const Ui& ui, const ModelOffer& offer, ImVec2 at, float width, bool is_chosen) {
  const float left = at.x + ui.px(kModelIndent);
  const float right = at.x + width - ui.px(12);
  const bool is_whole = offer.problem.empty();
  if (is_chosen) {
    draw_text(ui, {at.x + ui.px(12), at.y + ui.px(kPad + 2)}, ICON_FA_CHECK, {ui.colors.ring, 12});
  } else {
    draw_text(ui, {at.x + ui.px(12), at.y + ui.px(kPad + 2)},
              offer.is_here ? ICON_FA_CUBE : ICON_FA_DOWNLOAD, {ui.colors.text_faint, 12});
  }
  float from = right;
  if (offer.file_bytes > 0) {
    std::string about = format_bytes(offer.file_bytes);
    if (!offer.formats.empty()) about = formats_of(offer) + " · " + about;
    from = draw_text_right(ui, right, at.y + ui.px(kPad + 1), about,
                           {ui.colors.text_dim, kSmallSize}) -
           ui.px(12);
  }
  const std::string title = offer.is_starter ? ui.t("top.starter") : offer.name;
  const TextStyle name{is_whole ? ui.colors.text : ui.colors.text_dim, kTextSize, true};
  draw_text(ui, {left, at.y + ui.px(kPad)}, fit_text(ui, title, name, from - left), name);
  const TextStyle place{ui.colors.text_faint, kSmallSize};
  draw_text(ui, {left, at.y + ui.px(kPad + kName)}, fit_text(ui, offer.place, place, right - left),
            place);
}

}  // namespace

bool draw_model_row(const Ui& ui, HeldRows<ModelOffer>::Row& held, bool is_chosen, float width) {
  const ModelOffer& offer = held.item;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  RowLayout row = lay_out_row(ui, offer, width);
  const float command = offer.get.empty() ? 0 : ui.px(kCommand + 2);
  const float top = ui.px(kPad + kName + kLine);
  const float rest = top + row.cells_height(ui) + command + ui.px(kPad);
  if (!ui.state.sheet_held || held.height == 0)
    held.height = (rest + row.problem_height) / ui.scale;
  const float height = ui.px(held.height);
  const bool is_cut = row.problem_height > height - rest + ui.px(1);
  row.problem_height = std::min(row.problem_height, height - rest);
  const std::string name = "models." + std::to_string(held.number);
  const bool can_be_chosen = offer.is_here && offer.problem.empty();
  ImGui::SetNextItemAllowOverlap();
  const bool chosen =
      draw_sheet_row(ui,
                     {.name = name,
                      .tip = can_be_chosen ? fill(ui.t("tip.models.row"), {offer.place})
                             : is_cut      ? row.problem
                                           : std::string(),
                      .can_be_chosen = can_be_chosen,
                      .is_chosen = is_chosen},
                     width, height);
  if (ImGui::IsItemVisible()) {
    draw_name(ui, offer, at, width, is_chosen);
    const float left = at.x + ui.px(kModelIndent);
    float y = at.y + top;
    if (!row.problem.empty()) {
      ImGui::SetCursorScreenPos({left, y + ui.px(4)});
      paragraph_within(ui, row.problem, {ui.colors.bad, kSmallSize}, row.text,
                       row.problem_height - ui.px(4));
      y += row.problem_height;
    }
    if (row.has_cells) {
      const float cell = row.text / static_cast<float>(kSizePresets.size());
      float x = left;
      for (const SizeCard& card : cards_of(offer)) {
        draw_cell(ui, card, {x, y + ui.px(kGap)}, cell, row.is_wide,
                  name + "." + std::string(card.preset.name));
        x += cell;
      }
      y += row.cells_height(ui);
    }
    if (!offer.get.empty())
      draw_command(ui, offer.get, {left, y + ui.px(kGap)}, row.text, name + ".copy");
  }
  take_room(at, height);
  return chosen;
}

}  // namespace headroom
