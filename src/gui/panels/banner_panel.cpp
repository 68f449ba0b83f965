#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/session_banners.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

constexpr double kNoteLife_s = 4;
constexpr double kUndoLife_s = 6;
constexpr double kWarningLife_s = 8;  // how long it stays above the canvas

bool is_over(const Ui& ui, const Banner& banner) {
  const double age_s = ui.frame.now - banner.shown_at;
  if (banner.way == Banner::Way::kUndo)
    return age_s > kUndoLife_s || banner.step != ui.state.undo.newest();
  if (banner.way == Banner::Way::kQueueOffered) return ui.state.offered.empty();
  if (banner.way == Banner::Way::kKeepModel) return false;  // stays while the change waits
  return banner.kind == Banner::Kind::kNote && age_s > kNoteLife_s;
}

ImU32 color_of(const Ui& ui, Banner::Kind kind) {
  switch (kind) {
    case Banner::Kind::kTrouble:
      return ui.colors.bad;
    case Banner::Kind::kWarning:
      return ui.colors.warn;
    case Banner::Kind::kNote:
      return ui.colors.ok;
  }
  return ui.colors.bad;
}

// A button that asks for another model's folder.
void draw_other_model(const Ui& ui, ButtonOptions options) {
  options.name += "_model";
  options.label = ui.t("banner.other_model");
  options.tip = ui.t("tip.other_model");
  options.kind = ButtonKind::kAccent;
  if (!button(ui, options)) return;
  ui.state.model_folder.emplace();
  ui.state.model_trouble.clear();
}

// A button that replaces the prompt with a text that was pasted; true when it was pressed.
bool draw_use_prompt(const Ui& ui, const Banner& banner, ButtonOptions options) {
  options.label = ui.t("banner.use_prompt");
  options.tip = ui.t("tip.banner.use_prompt");
  options.kind = ButtonKind::kAccent;
  if (!button(ui, options)) return false;
  ui.actions.prompt.set(banner.prompt);
  return true;
}

// The button of a banner; true when it was pressed and the banner may go.
bool draw_way(const Ui& ui, const Banner& banner, const std::string& name) {
  ButtonOptions options{.name = name, .size = {0, ui.px(28)}, .text_size = 13};
  switch (banner.way) {
    case Banner::Way::kNone:
      return false;
    case Banner::Way::kUseSize: {
      if (is_short(*banner.suggestion, ui.frame.cards)) return false;  // it does not fit any more
      const std::string size = to_string(*banner.suggestion);
      options.label = fill(ui.t("banner.use"), {size});
      options.tip = fill(ui.t("tip.use"), {size});
      options.kind = ButtonKind::kAccent;
      if (!button(ui, options)) return false;
      ui.actions.size.choose(*banner.suggestion);
      return true;
    }
    case Banner::Way::kUndo:
      options.label = ui.t("note.undo");
      options.tip = ui.t("tip.undo");
      if (!button(ui, options)) return false;
      ui.actions.history.undo();
      return true;
    case Banner::Way::kQueueOffered:
      options.label = ui.t("session.queue");
      options.tip = ui.t("tip.session.queue");
      options.kind = ButtonKind::kAccent;
      if (!button(ui, options)) return false;
      ui.actions.jobs.queue_offered();
      return true;
    case Banner::Way::kKeepModel:
      options.label = fill(ui.t("banner.keep"), {ui.text.words(title_of(ui.frame.opened->model))});
      options.tip = ui.t("tip.banner.keep");
      if (!button(ui, options)) return false;
      ui.actions.models.keep();
      return true;
    case Banner::Way::kSave:
      options.label = ui.t("banner.save");
      options.tip = ui.t("tip.banner.save");
      options.kind = ButtonKind::kAccent;
      if (button(ui, options)) ui.state.save_asked = true;
      return false;  // the banner goes when they are saved
    case Banner::Way::kUsePrompt:
      return draw_use_prompt(ui, banner, options);
    case Banner::Way::kOtherModel:
      draw_other_model(ui, options);
      ImGui::SameLine(0, ui.px(8));
      [[fallthrough]];
    case Banner::Way::kStartAgain:
      options.label = ui.t("banner.start_again");
      options.tip = ui.t("tip.start_again");
      if (banner.way == Banner::Way::kStartAgain) options.kind = ButtonKind::kAccent;
      if (button(ui, options)) ui.actions.saving.start_again();
      return false;  // it goes with the window, which may ask first
  }
  return false;
}

// Draws a banner at the cursor; returns true when it is to be removed.
bool draw_banner(const Ui& ui, const Banner& banner, const std::string& name, float width) {
  const ImU32 color = color_of(ui, banner.kind);
  bool gone = false;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(16), ui.px(11)));
  ImGui::PushStyleVar(ImGuiStyleVar_ChildRounding, ui.px(8));
  ImGui::PushStyleVar(ImGuiStyleVar_ChildBorderSize, ui.px(1));
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ui.colors.popup);
  ImGui::BeginChild(name.c_str(), {width, 0},
                    ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_Borders);
  const ImVec2 corner = ImGui::GetWindowPos();
  const float inner = width - ui.px(66);
  const char* const icon =
      banner.kind == Banner::Kind::kNote ? ICON_FA_CIRCLE_CHECK : ICON_FA_TRIANGLE_EXCLAMATION;
  draw_text(ui, {corner.x + ui.px(16), corner.y + ui.px(14)}, icon, {color, 14});
  ImGui::SetCursorScreenPos({corner.x + ui.px(42), corner.y + ui.px(11)});
  ImGui::BeginGroup();
  ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + inner - ui.px(20));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, ui.px(3)));
  if (!banner.title.empty()) {
    ImGui::PushFont(ui.fonts.bold, 13);
    text_line(ui, ui.text.words(banner.title));
    ImGui::PopFont();
  }
  ImGui::PushFont(ui.fonts.regular, 13);
  ImGui::PushStyleColor(ImGuiCol_Text, ui.colors.text_dim);
  text_line(ui, sentence(banner.text, ui.text));
  ImGui::PopStyleColor();
  ImGui::PopFont();
  ImGui::PopStyleVar();
  ImGui::PopTextWrapPos();
  gone = draw_way(ui, banner, name + ".action");
  ImGui::EndGroup();
  ImGui::SetCursorScreenPos({corner.x + width - ui.px(34), corner.y + ui.px(7)});
  if (button(ui, {.name = name + ".close",
                  .label = ICON_FA_XMARK,
                  .tip = ui.t("tip.banner.close"),
                  .kind = ButtonKind::kQuiet,
                  .size = {ui.px(26), ui.px(26)},
                  .text_size = 12})) {
    if (banner.way == Banner::Way::kQueueOffered) ui.actions.jobs.decline_offered();
    gone = true;
  }
  const float height = ImGui::GetWindowHeight();
  ImGui::GetWindowDrawList()->AddRectFilled({corner.x + ui.px(5), corner.y + ui.px(9)},
                                            {corner.x + ui.px(8), corner.y + height - ui.px(9)},
                                            color, ui.px(1.5F));
  ImGui::EndChild();
  name_item(ui, name);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(3);
  return gone;
}

// Draws `banners` with names that begin with `prefix`; removes dismissed ones.
void draw_list(const Ui& ui, std::vector<Banner>& banners, const std::string& prefix, float width) {
  std::vector<std::uint64_t> gone;
  const std::vector<Banner> shown = banners;  // a press may add one, and fold others
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (draw_banner(ui, shown[i], prefix + std::to_string(i), width)) gone.push_back(shown[i].id);
  }
  std::erase_if(banners, [&](const Banner& b) {
    return std::find(gone.begin(), gone.end(), b.id) != gone.end();
  });
}

// Removes notes that have expired, and moves banners beyond `most` to the bell's list.
void let_time_pass(const Ui& ui, std::size_t most) {
  UiState& state = ui.state;
  for (Banner& banner : state.banners) {
    if (banner.shown_at < 0) banner.shown_at = ui.frame.now;
  }
  std::erase_if(state.banners, [&](const Banner& b) { return is_over(ui, b); });
  std::erase_if(state.folded, [&](const Banner& b) { return is_over(ui, b); });
  for (std::size_t i = 0; i < state.banners.size();) {
    const Banner& banner = state.banners[i];
    const bool old =
        banner.kind == Banner::Kind::kWarning && ui.frame.now - banner.shown_at > kWarningLife_s;
    if (old) {
      state.fold(i);
    } else {
      ++i;
    }
  }
  while (state.banners.size() > most) state.fold(0);
}

}  // namespace

double draw_banners(const Ui& ui, const Rect& area) {
  // In a low window the picture keeps most of the height.
  let_time_pass(ui, area.h < ui.px(420) ? 1 : 3);
  if (ui.state.banners.empty()) return ui.state.banners_px = 0;
  const auto width = static_cast<float>(area.w);
  ImGui::SetNextWindowPos({static_cast<float>(area.x), static_cast<float>(area.y)});
  ImGui::SetNextWindowSize({width, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(8), ui.px(8)));
  ImGui::Begin("banners", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBackground |
                   ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_AlwaysAutoResize);
  draw_list(ui, ui.state.banners, "banner.", width);
  ui.state.banners_px = ImGui::GetCursorPosY();
  ImGui::End();
  ImGui::PopStyleVar(2);
  return ui.state.banners_px;
}

float draw_bell(const Ui& ui, float right, float y, float height) {
  std::vector<Banner>& folded = ui.state.folded;
  if (folded.empty()) return right;
  const std::string label = std::string(ICON_FA_BELL) + "  " + std::to_string(folded.size());
  const float width = text_width(ui, label, {0, kTextSize}) + ui.px(20);
  ImGui::SetCursorScreenPos({right - width, y});
  if (button(ui, {.name = "bell",
                  .label = label,
                  .tip = ui.t("tip.bell"),
                  .size = {width, height},
                  .text_size = kTextSize})) {
    ImGui::OpenPopup("bell_popup");
  }
  // Below the button, but moved to be on the screen if that is narrow.
  const float pad = ui.px(12);
  const float list = std::min(ui.px(400), ImGui::GetIO().DisplaySize.x - 4 * pad);
  const float edge = std::max(right, list + 3 * pad);
  ImGui::SetNextWindowPos({edge, y + height + ui.px(6)}, ImGuiCond_Always, {1, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(pad, pad));
  const bool open = ImGui::BeginPopup("bell_popup");
  ImGui::PopStyleVar();
  if (!open) return right - width;
  if (ImGui::IsKeyPressed(ImGuiKey_Escape)) ImGui::CloseCurrentPopup();
  draw_list(ui, folded, "bell.", list);
  if (folded.empty()) ImGui::CloseCurrentPopup();
  ImGui::EndPopup();
  return right - width;
}

}  // namespace headroom
