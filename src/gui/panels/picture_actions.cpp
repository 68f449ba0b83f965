#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>
#include <vector>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

using Act = void (*)(Actions&);

// A button of the row. `act` null: it opens the list of settings.
struct Action {
  const char* name;
  const char* icon;
  std::string label;
  std::string tip;
  std::string disabled;
  Act act = nullptr;
  bool starts_run = false;  // then it has a price,
  std::string price{};      // "3.9 GB · 19 s", once that is known
};

constexpr float kIcon_px = 32;  // a button without words, design pixels
constexpr float kGap_px = 4;

// How much the row says, as there is room: all words, those of buttons with a price, or none.
enum class Words { kAll, kPriced, kNone };

std::string words_of(const Action& action, Words words) {
  const bool has_words = words == Words::kAll || (words == Words::kPriced && action.starts_run);
  if (!has_words) return action.icon;
  std::string text = std::string(action.icon) + "  " + action.label;
  if (!action.price.empty()) text += " · " + action.price;
  if (action.act == nullptr) text += "  " + std::string(ICON_FA_CHEVRON_DOWN);
  return text;
}

// One with a price has room for it before it is known: nothing moves under the mouse then.
float width_of(const Ui& ui, Action action, Words words) {
  if (words_of(action, words) == action.icon) return ui.px(kIcon_px);
  const auto width = [&] {
    return text_width(ui, words_of(action, words), {0, kSmallSize}) + ui.px(16);
  };
  const float own = width();
  if (!action.starts_run) return own;
  action.price = "8.8 GB · ≈ " + fill(ui.t("time.seconds"), {"88"});
  return std::max(own, width());
}

Words words_for(const Ui& ui, const std::vector<Action>& actions, float room) {
  for (const Words words : {Words::kAll, Words::kPriced}) {
    float all = 0;
    for (const Action& action : actions) all += width_of(ui, action, words) + ui.px(kGap_px);
    if (all <= room) return words;
  }
  return Words::kNone;
}

void vary(Actions& actions) { actions.results.vary(); }
void start_from(Actions& actions) { actions.start.use_selected(); }
void paint_mask_on(Actions& actions) { actions.mask.paint_selected(); }
void use_all_settings(Actions& actions) { actions.settings.use_all(); }
void use_prompt(Actions& actions) { actions.settings.use_prompt(); }
void use_seed(Actions& actions) { actions.settings.use_seed(); }

// What it needs stands in the tip as well, for where the button has no words.
Action vary_action(const Ui& ui) {
  const Frame::Lead& lead = ui.frame.vary;
  Action action{"vary", ICON_FA_SHUFFLE,    ui.t("picture.vary"), ui.t("tip.vary"), lead.blocked,
                vary,   /*starts_run=*/true};
  if (lead.forecast != nullptr && lead.forecast->fits) {
    action.price = needs_text(lead.forecast->plan, ui.text);
    action.tip += "\n" + fill(ui.t("tip.needs"), {action.price});
  }
  return action;
}

// All settings of the picture, its prompt, or its seed.
void draw_settings_list(const Ui& ui) {
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
                  .kind = action.starts_run ? ButtonKind::kPlain : ButtonKind::kQuiet,
                  .size = {width_of(ui, action, words), height},
                  .text_size = kSmallSize})) {
    if (action.act != nullptr) {
      action.act(ui.actions);
    } else {
      ImGui::OpenPopup("settings_list");
    }
  }
  if (action.act != nullptr) return;
  // Above the row: below it there is little room.
  ImGui::SetNextWindowPos({at.x, at.y - ui.px(6)}, ImGuiCond_Always, {0, 1});
  draw_settings_list(ui);
}

}  // namespace

void draw_picture_actions(const Ui& ui) {
  const FinishedPicture* const picture = ui.state.selected_picture();
  if (picture == nullptr) return;
  const std::string no_file = picture->file.empty() ? ui.t("why.no_file") : std::string();
  const std::vector<Action> actions{
      vary_action(ui),
      {"use_image", ICON_FA_IMAGE, ui.t("picture.use_image"), ui.t("tip.use_image"), no_file,
       start_from},
      {"mask", ICON_FA_PAINTBRUSH, ui.t("picture.mask"), ui.t("tip.mask"), no_file, paint_mask_on},
      {"settings", ICON_FA_SLIDERS, ui.t("picture.settings"), ui.t("tip.settings"), {}}};
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const Words words = words_for(ui, actions, room.x);
  for (const Action& action : actions) {
    draw_action(ui, action, words, room.y);
    ImGui::SameLine(0, ui.px(kGap_px));
  }
}

}  // namespace headroom
