// The list of all models.
#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/memory_refusal.h"
#include "headroom/gui_state/model_list.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"
#include "panels/model_rows.h"
#include "panels/sheet.h"

#include <algorithm>
#include <numeric>
#include <string>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>
#include <imgui_stdlib.h>

namespace headroom {
namespace {

// The middle and right of the window; everything between its bars if those are not side by side.
Rect area_of(const Layout& layout) {
  const bool composer = layout.kind == LayoutKind::kComposer;
  const double left = composer ? 0 : layout.canvas.x;
  return {left, layout.canvas.y, layout.top.w - left, layout.memory.y - layout.canvas.y};
}

// "RTX 3060 Laptop · 5.4 GB usable": the memory that rows are judged by.
std::string machine(const Ui& ui) {
  std::string text = device_label(ui.frame.opened->device_name);
  if (ui.frame.forecast != nullptr && ui.frame.forecast->budget.budget_bytes > 0) {
    text += " · " + fill(ui.t("gauge.usable"), {available_text(ui.frame.forecast->budget)});
  }
  return text;
}

void draw_head(const Ui& ui) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.px(30);
  const TextStyle title{ui.colors.text, kTitleSize, true};
  const std::string add = ui.t("models.add");
  const float close = ui.px(32);
  const float button_width = text_width(ui, add, {0, kTextSize}) + ui.px(28);
  const float from = at.x + width - close - ui.px(8) - button_width;
  draw_text(ui, {at.x, at.y + ui.px(5)}, ui.t("models.sheet"), title);
  const float left = at.x + text_width(ui, ui.t("models.sheet"), title) + ui.px(14);
  const TextStyle quiet{ui.colors.text_dim, kSmallSize};
  draw_text(ui, {left, at.y + ui.px(8)}, fit_text(ui, machine(ui), quiet, from - left - ui.px(12)),
            quiet);
  ImGui::SetCursorScreenPos({from, at.y});
  if (button(ui, {.name = "models.add",
                  .label = add,
                  .tip = ui.t("tip.models.add"),
                  .size = {button_width, height}})) {
    ui.state.added_folder.emplace();
    ui.state.focus = "models.folder";
  }
  ImGui::SetCursorScreenPos({at.x + width - close, at.y});
  if (button(ui, {.name = "models.close",
                  .label = ICON_FA_XMARK,
                  .tip = ui.t("tip.sheet.close"),
                  .kind = ButtonKind::kQuiet,
                  .size = {close, height}})) {
    close_sheet(ui);
  }
  take_room(at, height);
}

// Asks for a further folder that is searched for models.
void draw_folder(const Ui& ui) {
  UiState& state = ui.state;
  if (state.added_folder) {
    const float height = ui.px(30);
    const float gap = ui.px(8);
    const float side = ui.px(84);
    take_focus(ui, "models.folder");
    ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x - 2 * (side + gap));
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(ui.px(10), ui.px(7)));
    const bool entered =
        ImGui::InputTextWithHint("##models.folder", ui.t("models.folder.hint").c_str(),
                                 &*state.added_folder, ImGuiInputTextFlags_EnterReturnsTrue);
    ImGui::PopStyleVar();
    if (ImGui::IsItemEdited()) state.folder_trouble.clear();
    outline(ui, !state.folder_trouble.empty());
    name_item(ui, "models.folder");
    ImGui::SameLine(0, gap);
    const bool add = button(
        ui, {.name = "models.folder.add",
             .label = ui.t("models.folder.add"),
             .tip = ui.t("tip.models.add"),
             .disabled = state.added_folder->empty() ? ui.t("why.models.folder") : std::string(),
             .kind = ButtonKind::kAccent,
             .size = {side, height}});
    ImGui::SameLine(0, gap);
    const bool cancel = button(ui, {.name = "models.folder.cancel",
                                    .label = ui.t("model.cancel"),
                                    .tip = ui.t("tip.models.folder.cancel"),
                                    .size = {side, height}});
    if (add || entered) ui.actions.models.add_folder(*state.added_folder);
    if (cancel) {
      state.added_folder.reset();
      state.folder_trouble.clear();
    }
  }
  if (!state.folder_trouble.empty())
    paragraph(ui, sentence(state.folder_trouble, ui.text), {ui.colors.bad, kSmallSize});
}

// The folders that are searched for models, and buttons that remove added ones.
void draw_places(const Ui& ui) {
  if (ui.state.searched_folders.empty()) return;
  ImGui::Dummy({0, ui.px(8)});
  section(ui, ui.t("models.places"));
  // A copy, since a press may change them.
  const std::vector<SearchedFolder> folders = ui.state.searched_folders;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    const SearchedFolder& folder = folders[i];
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float right = at.x + ImGui::GetContentRegionAvail().x;
    const float row = ui.px(26);
    float end = right - ui.px(8);
    if (folder.is_added) {
      ImGui::SetCursorScreenPos({right - ui.px(32), at.y});
      if (button(ui, {.name = "models.place." + std::to_string(i) + ".remove",
                      .label = ICON_FA_XMARK,
                      .tip = ui.t("tip.models.remove"),
                      .kind = ButtonKind::kQuiet,
                      .size = {ui.px(32), row},
                      .text_size = 12})) {
        ui.actions.models.remove_folder(folder.path);
      }
      end = right - ui.px(40);
    }
    const TextStyle quiet{ui.colors.text_faint, kSmallSize};
    if (!folder.is_there)
      end = draw_text_right(ui, end, at.y + ui.px(5), ui.t("models.place.none"), quiet) - ui.px(12);
    const TextStyle style{folder.is_there ? ui.colors.text_dim : ui.colors.text_faint, kSmallSize};
    const float left = at.x + ui.px(kModelIndent);
    draw_text(ui, {left, at.y + ui.px(5)}, fit_text(ui, folder.path.string(), style, end - left),
              style);
    take_room(at, row);
  }
}

bool is_shown(const Ui& ui, const ModelOffer& offer) {
  const std::string name = offer.is_starter ? ui.t("top.starter") : offer.name;
  return matches(ui.state.sheet_filter, {name, offer.place, formats_of(offer)});
}

// While the mouse points at the list, models found for a place above it wait: they would push away
// the row below the mouse.
void follow_models(const Ui& ui) {
  const auto& models = ui.frame.models.items;
  std::vector<std::size_t> order(models.size());
  std::iota(order.begin(), order.end(), 0U);
  const bool pointed = is_pointed_at();
  const double mouse = ImGui::GetIO().MousePos.y;
  ui.state.sheet_models.follow(models, order, ui.state.sheet_held, [&](const ModelOffer& offer) {
    return !pointed || mouse < (offer.is_here ? ui.state.sheet_here_px : ui.state.sheet_others_px);
  });
}

// Returns where they end, screen pixels.
float draw_rows(const Ui& ui, bool here, float width) {
  const bool stays = !ui.frame.change || ui.frame.change->to.model == ui.frame.opened->choice.model;
  for (HeldRows<ModelOffer>::Row& row : ui.state.sheet_models.all()) {
    const ModelOffer& offer = row.item;
    if (offer.is_here != here || !is_shown(ui, offer)) continue;
    const bool is_chosen = here && (stays ? is_opened(offer, *ui.frame.opened)
                                          : offer.model == ui.frame.change->to.model);
    if (draw_model_row(ui, row, is_chosen, width)) {
      ui.actions.models.choose(offer);
      close_sheet(ui);
    }
  }
  return ImGui::GetCursorScreenPos().y;
}

// Said when no row contains the words of the filter.
std::string no_match(const Ui& ui) {
  const bool any = std::ranges::any_of(
      ui.state.sheet_models.all(),
      [&](const HeldRows<ModelOffer>::Row& row) { return is_shown(ui, row.item); });
  return ui.state.sheet_filter.empty() || any
             ? std::string()
             : fill(ui.t("sheet.no_match"), {ui.state.sheet_filter});
}

// Shown beside the name of the section, where it moves no row.
std::string remark(const Ui& ui) {
  const ModelSearch::Found& found = ui.frame.models;
  if (found.is_looking) return ui.t("models.looking");
  const bool others = std::ranges::any_of(
      found.items, [](const ModelOffer& offer) { return offer.is_here && !offer.is_starter; });
  return others ? std::string() : ui.t("models.none");
}

void draw_list(const Ui& ui) {
  follow_models(ui);
  // The scroll bar is drawn in the margin.
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(8), ui.px(4)));
  ImGui::BeginChild("list", {width + ui.px(kSheetSide - 4), 0}, ImGuiChildFlags_NavFlattened);
  ImGui::BeginChild("inside", {width, 0},
                    ImGuiChildFlags_NavFlattened | ImGuiChildFlags_AutoResizeY);
  const bool has_others =
      std::ranges::any_of(ui.state.sheet_models.all(), [&](const HeldRows<ModelOffer>::Row& row) {
        return !row.item.is_here && is_shown(ui, row.item);
      });
  section(ui, ui.t("models.here"), remark(ui));
  ui.state.sheet_here_px = draw_rows(ui, true, width);
  const std::string said = no_match(ui);
  if (!said.empty()) {
    ImGui::Dummy({0, ui.px(2)});
    paragraph(ui, said, {ui.colors.text_dim, kTextSize});
  }
  ui.state.sheet_others_px = ui.state.sheet_here_px;
  if (has_others) {
    ImGui::Dummy({0, ui.px(8)});
    section(ui, ui.t("models.not_here"));
    ui.state.sheet_others_px = draw_rows(ui, false, width);
  }
  if (ui.state.sheet_filter.empty()) draw_places(ui);
  ImGui::EndChild();
  ImGui::EndChild();
  ImGui::PopStyleVar();
}

}  // namespace

void draw_model_list_sheet(const Ui& ui) {
  if (!begin_sheet(ui, UiState::Sheet::kModels, area_of(ui.frame.layout))) return;
  draw_head(ui);
  ImGui::Dummy({0, 0});
  if (has_filter(ui, ui.frame.models.items.size())) draw_sheet_filter(ui, "models.filter");
  draw_folder(ui);
  draw_list(ui);
  end_sheet(ui);
}

}  // namespace headroom
