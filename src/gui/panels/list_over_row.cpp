#include "panels/list_over_row.h"

#include "headroom/core/bytes.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/memory_refusal.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels/question.h"
#include "panels/sheet.h"

namespace headroom {
namespace {

constexpr float kWidth_px = 320;
constexpr float kRow_px = 28;
constexpr float kDetail_px = 84;  // from labels to details
constexpr float kButton_px = 34;

}  // namespace

bool begin_list_over_row(const Ui& ui, const char* id, ImVec2 at) {
  UiState::ListHold& hold = ui.state.list_hold;
  if (!ui.state.finish_open && !ui.state.upscale_open) hold = {};  // it opens
  // Above the row, since there is little room below it. While the mouse is on the list it grows
  // downwards, so that its rows stay in place.
  if (hold.top_px) {
    ImGui::SetNextWindowPos({at.x, static_cast<float>(*hold.top_px)}, ImGuiCond_Always);
  } else {
    ImGui::SetNextWindowPos(at, ImGuiCond_Always, {0, 1});
  }
  const float pad = ui.px(12);
  const float width = ui.px(kWidth_px);
  ImGui::SetNextWindowSizeConstraints({width, 0}, {width, ImGui::GetIO().DisplaySize.y});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(pad, pad));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(8), ui.px(6)));
  const bool open = ImGui::BeginPopup(id);
  if (open && escape_pressed(ui)) ImGui::CloseCurrentPopup();
  return open;
}

void end_list_over_row(const Ui& ui, bool open) {
  if (open) {
    UiState::ListHold& hold = ui.state.list_hold;
    const bool pointed = !ImGui::IsWindowAppearing() && is_pointed_at();
    hold.rows = pointed || ImGui::GetIO().NavVisible;
    hold.top_px = pointed ? std::optional<double>(ImGui::GetWindowPos().y) : std::nullopt;
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar(2);
}

bool draw_list_row(const Ui& ui, const ListRow& row) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const ImVec2 end{at.x + width, at.y + ui.px(kRow_px)};
  const bool clicked = ImGui::InvisibleButton(("##" + row.name).c_str(), {width, ui.px(kRow_px)},
                                              ImGuiButtonFlags_EnableNav);
  const bool hovered = ImGui::IsItemHovered();
  offer_hand();
  name_item(ui, row.name);
  tooltip(ui, row.tip);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (row.chosen) {
    list.AddRectFilled(at, end, ui.colors.field, ui.px(6));
    list.AddRect(at, end, ui.colors.ring, ui.px(6), ui.px(1.5F));
  } else if (hovered) {
    list.AddRectFilled(at, end, ui.colors.field_hover, ui.px(6));
  }
  const float y = at.y + ui.px(6);
  const ImU32 color = row.fits ? ui.colors.text_dim : ui.colors.bad;
  const float left = draw_text_right(ui, end.x - ui.px(8), y, row.price, {color, kSmallSize});
  ui.dump.say(row.name, row.price);
  const TextStyle style{row.fits ? ui.colors.text : ui.colors.text_faint, kTextSize};
  const TextStyle dim{ui.colors.text_dim, kSmallSize};
  const float x = at.x + ui.px(8);
  const float room = left - x - ui.px(6);
  draw_text(ui, {x, y}, fit_text(ui, row.label, style, room), style);
  const float detail = row.label.empty() ? 0 : ui.px(kDetail_px);
  if (!row.detail.empty())
    draw_text(ui, {x + detail, y}, fit_text(ui, row.detail, dim, room - detail), dim);
  return clicked;
}

std::string price_in_list(const Ui& ui, const Forecast* forecast) {
  if (forecast == nullptr) return ui.t("plan.pending");
  const Plan& plan = forecast->plan;
  if (forecast->fits && plan.peak_bytes > 0) return needs_text(plan, ui.text);
  if (forecast->fits && plan.seconds <= 0) return ui.t("upscale.program");
  if (forecast->fits) return format_predicted(plan.seconds, plan.seconds_are_estimated, ui.text);
  if (forecast->shortfall_bytes <= 0) return ui.t("finish.not");
  return fill(ui.t("card.short"),
              {missing_text(plan.peak_bytes, forecast->shortfall_bytes, forecast->budget)});
}

std::string host_in_list(const Ui& ui, const Forecast* forecast) {
  const std::string host = forecast == nullptr ? "" : host_text(forecast->plan, ui.text);
  return host.empty() ? host : fill(ui.t("host.beside"), {host});
}

bool draw_list_start(const Ui& ui, const std::string& list, const std::string& label,
                     const std::string& tip, const std::string& why) {
  if (!why.empty()) {
    paragraph(ui, why, {ui.colors.bad, kSmallSize});
    ui.dump.say(list + ".reason", why);
  }
  const bool pressed = button(ui, {.name = list + ".start",
                                   .label = label,
                                   .tip = tip,
                                   .disabled = why,
                                   .kind = ButtonKind::kAccent,
                                   .size = {ImGui::GetContentRegionAvail().x, ui.px(kButton_px)},
                                   .bold = true});
  ImGui::SetItemDefaultFocus();
  // Enter starts the run from anywhere, unless the keyboard is on a visible item: then it is that
  // item's.
  const bool by_enter = !ImGui::IsWindowAppearing() && !ui.state.item_was_active &&
                        !ImGui::GetIO().NavVisible &&
                        (ImGui::IsKeyPressed(ImGuiKey_Enter, false) ||
                         ImGui::IsKeyPressed(ImGuiKey_KeypadEnter, false));
  return pressed || (by_enter && why.empty());
}

}  // namespace headroom
