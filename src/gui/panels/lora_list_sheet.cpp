// The list of LoRAs that can be added, and the button that opens it.
#include "headroom/core/bytes.h"
#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/lora_chips.h"
#include "headroom/gui_state/model_list.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"
#include "panels/sheet.h"

#include <algorithm>
#include <string>
#include <vector>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

// Design pixels.
constexpr float kWidth = 420;
constexpr float kPad = 7;
constexpr float kName = 20;
constexpr float kIndent = 32;

bool is_in_prompt(const Ui& ui, const LoraOffer& offer) {
  return std::ranges::any_of(ui.frame.loras, [&](const LoraChip& chip) {
    return chip.found && chip.found->file == offer.file;
  });
}

// Its file size and what it changes in the model, or why it does not fit.
std::string about(const Ui& ui, const LoraOffer& offer) {
  if (!offer.problem.empty()) return sentence(offer.problem, ui.text);
  const std::string size = format_bytes(offer.file_bytes);
  if (!offer.fits) return fill(ui.t("loras.judging"), {size});
  return fill(ui.t("loras.keys"),
              {size, std::to_string(offer.fits->matched_keys), std::to_string(offer.fits->keys)});
}

using Rows = HeldRows<LoraOffer>;

// What fits comes first, while nobody points at them.
void follow_files(const Ui& ui) {
  const auto& files = ui.frame.lora_files.items;
  std::vector<std::size_t> order;
  for (const bool fits : {true, false}) {
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (files[i].problem.empty() == fits) order.push_back(i);
    }
  }
  ui.state.sheet_loras.follow(files, order, ui.state.sheet_held,
                              [](const LoraOffer&) { return true; });
}

bool is_shown(const Ui& ui, const Rows::Row& row) {
  return matches(ui.state.sheet_filter, {row.item.name});
}

float room_of(const Ui& ui, float width) { return width - ui.px(kIndent + 10); }

// Screen pixels; what it had while it is held.
float row_height(const Ui& ui, Rows::Row& row, float width) {
  if (!ui.state.sheet_held || row.height == 0) {
    const TextStyle style{0, kSmallSize};
    row.height = (2 * kPad + kName) +
                 paragraph_size(ui, about(ui, row.item), style, room_of(ui, width)).y / ui.scale;
  }
  return ui.px(row.height);
}

void draw_row(const Ui& ui, Rows::Row& row, float width) {
  const LoraOffer& offer = row.item;
  const std::string row_name = "loras." + std::to_string(row.number);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = row_height(ui, row, width);
  const bool fits = offer.problem.empty();
  const bool is_used = is_in_prompt(ui, offer);
  const std::string below = about(ui, offer);
  const TextStyle about_style{fits ? ui.colors.text_dim : ui.colors.text_faint, kSmallSize};
  const float room = height - ui.px(2 * kPad + kName);
  const bool is_cut =
      paragraph_size(ui, below, about_style, room_of(ui, width)).y > room + ui.px(1);
  if (draw_sheet_row(ui,
                     {.name = row_name,
                      .tip = offer.file.string() + (is_cut ? "\n" + below : std::string()),
                      .can_be_chosen = fits,
                      .is_chosen = is_used},
                     width, height)) {
    ui.actions.loras.add(offer.file);
    close_sheet(ui);
  }
  if (ImGui::IsItemVisible()) {
    const float left = at.x + ui.px(kIndent);
    float right = at.x + width - ui.px(10);
    const float y = at.y + ui.px(kPad);
    draw_text(ui, {at.x + ui.px(10), y + ui.px(2)},
              is_used ? ICON_FA_CHECK
              : fits  ? ICON_FA_PLUS
                      : ICON_FA_BAN,
              {is_used ? ui.colors.ring : ui.colors.text_faint, 12});
    if (offer.fits) {
      const std::string need = "+ " + format_bytes(offer.fits->bytes);
      right = draw_text_right(ui, right, y + ui.px(1), need, {ui.colors.text_dim, kSmallSize}) -
              ui.px(12);
    }
    const TextStyle name{fits ? ui.colors.text : ui.colors.text_faint, kTextSize};
    draw_text(ui, {left, y}, fit_text(ui, offer.name, name, right - left), name);
    ui.dump.say(row_name, below);
    ImGui::SetCursorScreenPos({left, y + ui.px(kName)});
    paragraph_within(ui, below, about_style, room_of(ui, width), room);
  }
  take_room(at, height);
}

// Says which folders were searched, when no LoRA was found.
std::vector<std::string> empty_lines(const Ui& ui) {
  const LoraSearch::Found& found = ui.frame.lora_files;
  if (!found.items.empty()) return {fill(ui.t("sheet.no_match"), {ui.state.sheet_filter})};
  if (found.is_looking) return {};
  std::vector<std::string> lines{ui.t("loras.none")};
  for (const auto& folder : ui.frame.opened->loras.folders) lines.push_back(folder.string());
  return lines;
}

float empty_height(const Ui& ui, const std::vector<std::string>& lines, float width) {
  float height = ui.px(8);
  for (const std::string& line : lines)
    height += paragraph_size(ui, line, {0, kTextSize}, width).y + ui.px(4);
  return height;
}

void draw_head(const Ui& ui) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const TextStyle title{ui.colors.text, kTitleSize, true};
  draw_text(ui, {at.x, at.y + ui.px(3)}, ui.t("loras.title"), title);
  if (ui.frame.lora_files.is_looking) {
    draw_text_right(ui, at.x + width - ui.px(40), at.y + ui.px(5), ui.t("models.looking"),
                    {ui.colors.text_faint, kSmallSize});
  }
  ImGui::SetCursorScreenPos({at.x + width - ui.px(32), at.y});
  if (button(ui, {.name = "loras.close",
                  .label = ICON_FA_XMARK,
                  .tip = ui.t("tip.sheet.close"),
                  .kind = ButtonKind::kQuiet,
                  .size = {ui.px(32), ui.px(28)}})) {
    close_sheet(ui);
  }
  take_room(at, ui.px(28));
}

// Beside the settings, or above them if those are at the bottom. High enough for the rows, if
// there is room.
Rect area_of(const Ui& ui, float width, float content) {
  const Layout& layout = ui.frame.layout;
  const double around = ui.px(12);
  const bool composer = layout.kind == LayoutKind::kComposer;
  const double outer = width + 2 * ui.px(kSheetSide);
  const double left = composer ? (layout.canvas.w - outer) / 2 : layout.canvas.x + around;
  const double most = layout.canvas.h - 2 * around;
  return {left, layout.canvas.y + around, outer, std::min<double>(content, most)};
}

}  // namespace

void draw_lora_list_sheet(const Ui& ui) {
  if (ui.state.sheet != UiState::Sheet::kLoras) return;
  const bool filtered = has_filter(ui, ui.frame.lora_files.items.size());
  const float width = std::min(ui.px(kWidth), ImGui::GetIO().DisplaySize.x - ui.px(96));
  follow_files(ui);
  const float gap = ui.px(2);
  float list = 0;
  for (Rows::Row& row : ui.state.sheet_loras.all())
    if (is_shown(ui, row)) list += row_height(ui, row, width) + gap;
  const bool is_empty = list == 0;
  const std::vector<std::string> lines = is_empty ? empty_lines(ui) : std::vector<std::string>();
  if (is_empty) list = std::max(ui.px(24), empty_height(ui, lines, width));
  const float head = ui.px(32 + 28 + 8) + (filtered ? ui.px(38) : 0);
  if (!begin_sheet(ui, UiState::Sheet::kLoras, area_of(ui, width, head + list))) return;
  draw_head(ui);
  if (filtered) draw_sheet_filter(ui, "loras.filter");
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(8), gap));
  ImGui::BeginChild("list", {width + ui.px(kSheetSide - 4), 0}, ImGuiChildFlags_NavFlattened);
  for (const std::string& line : lines) {
    paragraph(ui, line, {ui.colors.text_dim, kTextSize}, width);
    ImGui::Dummy({0, ui.px(2)});
  }
  for (Rows::Row& row : ui.state.sheet_loras.all())
    if (is_shown(ui, row)) draw_row(ui, row, width);
  ImGui::EndChild();
  ImGui::PopStyleVar();
  end_sheet(ui);
}

float draw_lora_button(const Ui& ui, ImVec2 at, float height) {
  if (!ui.frame.opened->loras.list) return at.x;
  const std::string label = "+ " + ui.t("loras.add");
  const float width = text_width(ui, label, {0, kSmallSize}) + ui.px(16);
  const ImVec2 next = ImGui::GetCursorScreenPos();
  ImGui::SetCursorScreenPos({at.x - width, at.y});
  if (button(ui, {.name = "loras",
                  .label = label,
                  .tip = ui.t("tip.loras.add"),
                  .kind = ButtonKind::kQuiet,
                  .size = {width, height},
                  .text_size = kSmallSize})) {
    ui.actions.loras.open_list();
  }
  ImGui::SetCursorScreenPos(next);
  return at.x - width;
}

}  // namespace headroom
