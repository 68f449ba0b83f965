#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"
#include "panels/list_over_row.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

using Act = void (*)(Actions&);

enum class Kind {
  kPlain,
  kStarts,  // starts a run
  kLeads    // opens a list with a button that starts one
};

// A button of the row.
struct Action {
  const char* name;
  const char* icon;
  std::string label;
  std::string tip;
  std::string disabled;
  Act act = nullptr;
  Kind kind = Kind::kPlain;
  std::string price{};         // of the run that it starts, "3.9 GB · 19 s"
  std::string seconds{};       // the last part of it
  const char* list = nullptr;  // the list that it opens
  void (*draw_list)(const Ui&, ImVec2 at) = nullptr;
  bool UiState::*asked = nullptr;  // set when a key has asked for the list
};

constexpr float kIcon_px = 32;  // width of a button without text, design pixels
constexpr float kGap_px = 4;

// How much text the row has room for. Actions that open a list lose their price first, its bytes
// before its seconds, since the list shows it too, on its start button.
enum class Words { kAll, kRuns, kSeconds, kNames, kStart, kNone };

bool has_words(const Action& action, Words words) {
  if (action.kind == Kind::kPlain) return words == Words::kAll;
  if (action.kind == Kind::kLeads) return words <= Words::kNames;
  return words <= Words::kStart;
}

std::string Action::*price_of(const Action& action, Words words) {
  if (action.kind == Kind::kStarts && words <= Words::kStart) return &Action::price;
  if (action.kind != Kind::kLeads || words > Words::kSeconds) return nullptr;
  return words == Words::kSeconds ? &Action::seconds : &Action::price;
}

std::string words_of(const Action& action, Words words) {
  if (!has_words(action, words)) return action.icon;
  std::string text = std::string(action.icon) + "  " + action.label;
  const auto price = price_of(action, words);
  if (price != nullptr && !(action.*price).empty()) text += " · " + action.*price;
  if (action.list != nullptr) text += "  " + std::string(ICON_FA_CHEVRON_DOWN);
  return text;
}

// A button with a price has room for it before it is known, so that nothing moves under the mouse.
float width_of(const Ui& ui, Action action, Words words) {
  if (words_of(action, words) == action.icon) return ui.px(kIcon_px);
  const auto width = [&] {
    return text_width(ui, words_of(action, words), {0, kSmallSize}) + ui.px(16);
  };
  const float own = width();
  const auto price = price_of(action, words);
  if (price == nullptr) return own;
  action.seconds = "≈ " + fill(ui.t("time.seconds"), {"88"});
  action.price = "8.8 GB · " + action.seconds;
  return std::max(own, width());
}

Words words_for(const Ui& ui, const std::vector<Action>& actions, float room) {
  for (const Words words :
       {Words::kAll, Words::kRuns, Words::kSeconds, Words::kNames, Words::kStart}) {
    float all = 0;
    for (const Action& action : actions) all += width_of(ui, action, words) + ui.px(kGap_px);
    if (all <= room) return words;
  }
  return Words::kNone;
}

// The tooltip has the price as well, in case the button has no text.
void add_price(const Ui& ui, const Forecast* forecast, Action& action) {
  if (forecast == nullptr || !forecast->fits) return;
  action.price = price_in_list(ui, forecast);
  const Plan& plan = forecast->plan;
  if (plan.seconds > 0)
    action.seconds = format_predicted(plan.seconds, plan.seconds_are_estimated, ui.text);
  action.tip += "\n" + fill(ui.t("tip.needs"), {action.price});
  if (const std::string host = host_in_list(ui, forecast); !host.empty()) action.tip += "\n" + host;
}

void vary(Actions& actions) { actions.results.vary(); }
void start_from(Actions& actions) { actions.start.use_selected(); }
void paint_mask_on(Actions& actions) { actions.mask.paint_selected(); }
void use_all_settings(Actions& actions) { actions.settings.use_all(); }
void use_prompt(Actions& actions) { actions.settings.use_prompt(); }
void use_seed(Actions& actions) { actions.settings.use_seed(); }

Action vary_action(const Ui& ui) {
  const Frame::Lead& lead = ui.frame.vary;
  Action action{.name = "vary",
                .icon = ICON_FA_SHUFFLE,
                .label = ui.t("picture.vary"),
                .tip = ui.t("tip.vary"),
                .disabled = lead.blocked,
                .act = vary,
                .kind = Kind::kStarts};
  add_price(ui, lead.forecast, action);
  return action;
}

// If the present choice does not fit another may, so the list can be opened anyway.
Action finish_action(const Ui& ui) {
  Action action{.name = "finish",
                .icon = ICON_FA_WAND_MAGIC_SPARKLES,
                .label = ui.t("picture.finish"),
                .tip = ui.t("tip.finish"),
                .disabled = ui.state.selected_picture()->file.empty() ? ui.t("why.no_file") : "",
                .kind = Kind::kLeads,
                .list = "finish_list",
                .draw_list = &draw_finish_list,
                .asked = &UiState::finish_asked};
  const Frame::Finish& now = ui.frame.finish;
  if (now.chosen < now.targets.size()) add_price(ui, now.targets[now.chosen].lead.forecast, action);
  return action;
}

Action upscale_action(const Ui& ui) {
  Action action{.name = "upscale",
                .icon = ICON_FA_UP_RIGHT_AND_DOWN_LEFT_FROM_CENTER,
                .label = ui.t("picture.upscale"),
                .tip = ui.t("tip.upscale"),
                .disabled = ui.frame.upscaling.blocked,
                .kind = Kind::kLeads,
                .list = "upscale_list",
                .draw_list = &draw_upscale_list,
                .asked = &UiState::upscale_asked};
  const Frame::Upscaling& now = ui.frame.upscaling;
  if (now.chosen < now.targets.size()) add_price(ui, now.targets[now.chosen].lead.forecast, action);
  return action;
}

// A list: all settings of the picture, its prompt, or its seed.
void draw_settings_list(const Ui& ui, ImVec2 at) {
  // Above the row, since there is little room below it.
  ImGui::SetNextWindowPos(at, ImGuiCond_Always, {0, 1});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(8), ui.px(8)));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, ui.px(2)));
  const bool open = ImGui::BeginPopup("settings_list");
  if (open) {
    if (ImGui::IsKeyPressed(ImGuiKey_Escape)) ImGui::CloseCurrentPopup();
    const auto choice = [&](const char* name, const std::string& label, const std::string& tip,
                            Act act) {
      if (!button(ui, {.name = name,
                       .label = label,
                       .tip = tip,
                       .kind = ButtonKind::kQuiet,
                       .size = {ui.px(168), ui.px(30)}})) {
        return;
      }
      act(ui.actions);
      ImGui::CloseCurrentPopup();
    };
    choice("settings.all", ui.t("picture.use_all"), ui.t("tip.use_settings"), use_all_settings);
    choice("settings.prompt", ui.t("picture.reuse_prompt"), ui.t("tip.reuse_prompt"), use_prompt);
    choice("settings.seed", ui.t("picture.seed"), ui.t("tip.reuse_seed"), use_seed);
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar(2);
}

void draw_action(const Ui& ui, const Action& action, Words words, float height) {
  const std::string label = words_of(action, words);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool has_words = label != action.icon;
  if (button(ui, {.name = action.name,
                  .label = label,
                  .tip = has_words ? action.tip : action.label + "\n" + action.tip,
                  .disabled = action.disabled,
                  .kind = action.kind == Kind::kPlain ? ButtonKind::kQuiet : ButtonKind::kPlain,
                  .size = {width_of(ui, action, words), height},
                  .text_size = kSmallSize})) {
    const bool acts = action.kind != Kind::kStarts || !is_second_click();
    if (action.act != nullptr && acts) action.act(ui.actions);
    if (action.list != nullptr) ImGui::OpenPopup(action.list);
  }
  const bool asked = action.asked != nullptr && std::exchange(ui.state.*action.asked, false);
  if (asked && action.disabled.empty()) ImGui::OpenPopup(action.list);
  if (action.draw_list != nullptr) action.draw_list(ui, {at.x, at.y - ui.px(6)});
}

}  // namespace

void draw_picture_buttons(const Ui& ui) {
  const FinishedPicture* const picture = ui.state.selected_picture();
  if (picture == nullptr) return;
  const std::string no_file = picture->file.empty() ? ui.t("why.no_file") : std::string();
  const std::vector<Action> actions{vary_action(ui),
                                    finish_action(ui),
                                    upscale_action(ui),
                                    {.name = "use_image",
                                     .icon = ICON_FA_IMAGE,
                                     .label = ui.t("picture.use_image"),
                                     .tip = ui.t("tip.use_image"),
                                     .disabled = no_file,
                                     .act = start_from},
                                    {.name = "mask",
                                     .icon = ICON_FA_PAINTBRUSH,
                                     .label = ui.t("picture.mask"),
                                     .tip = ui.t("tip.mask"),
                                     .disabled = no_file,
                                     .act = paint_mask_on},
                                    {.name = "settings",
                                     .icon = ICON_FA_SLIDERS,
                                     .label = ui.t("picture.settings"),
                                     .tip = ui.t("tip.settings"),
                                     .disabled = {},
                                     .list = "settings_list",
                                     .draw_list = &draw_settings_list}};
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const Words words = words_for(ui, actions, room.x);
  for (const Action& action : actions) {
    draw_action(ui, action, words, room.y);
    ImGui::SameLine(0, ui.px(kGap_px));
  }
}

}  // namespace headroom
