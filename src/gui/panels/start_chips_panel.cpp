#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/start_picture.h"
#include "headroom/gui_toolkit/texture_cache.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <cmath>
#include <string>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

constexpr float kThumbnail = 40;  // design pixels
constexpr float kClose = 26;

// How the picture is fitted to the size, if it has another one.
std::string fit_note(const Ui& ui, const InitImage& start) {
  const Size have = ui.state.outpaint == Margins{} ? Size{start.image.width, start.image.height}
                                                   : ui.state.canvas_size();
  const Size wanted{ui.state.draft.width, ui.state.draft.height};
  if (have == wanted) return {};
  const std::string text = ui.state.mask ? ui.t("start.fitted.mask") : ui.t("start.fitted");
  return fill(text, {to_string(have), to_string(wanted)});
}

void draw_look(const Ui& ui, const StartPicture& start, ImVec2 at) {
  const float side = ui.px(kThumbnail);
  const ImVec2 end{at.x + side, at.y + side};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(at, end, ui.colors.well, ui.px(6));
  if (has_pixels(*start)) {
    list.AddImageRounded(ui.pictures.start(start).id(), at, end, {0, 0}, {1, 1}, IM_COL32_WHITE,
                         ui.px(6));
    if (const MaskPointer& mask = ui.state.shown_mask()) {
      ui.state.mask_look.follow(mask);
      const MaskPart square = mask->used_for({1, 1});
      const auto w = static_cast<float>(mask->size().width);
      const auto h = static_cast<float>(mask->size().height);
      list.AddImageRounded(ui.pictures.mask(ui.state.mask_look.grey()).id(), at, end,
                           {static_cast<float>(square.x0) / w, static_cast<float>(square.y0) / h},
                           {static_cast<float>(square.x1) / w, static_cast<float>(square.y1) / h},
                           faded(ui.colors.accent, 0.6F), ui.px(6));
    }
    return;
  }
  draw_text(ui, {at.x + ui.px(13), at.y + ui.px(11)}, ICON_FA_IMAGE, {ui.colors.text_faint, 15});
}

// Its name, and at the end of the line the button that removes it.
void draw_name(const Ui& ui, const StartPicture& start) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.px(kClose);
  const TextStyle style{ui.colors.text, kTextSize};
  const float buttons = ui.px(has_pixels(*start) ? 2 * kClose : kClose);
  ImGui::InvisibleButton("##start", {width - buttons - ui.px(4), height});
  name_item(ui, "start");
  tooltip(ui, start->file.path.empty() ? start->file.name : start->file.path);
  draw_text(ui, {at.x, at.y + ui.px(4)},
            fit_text(ui, start->file.name, style, width - buttons - ui.px(8)), style);
  if (has_pixels(*start)) {
    ImGui::SetCursorScreenPos({at.x + width - buttons, at.y});
    if (button(ui, {.name = "start.mask",
                    .label = ICON_FA_PAINTBRUSH,
                    .tip = ui.t("tip.start.mask"),
                    .kind = ButtonKind::kQuiet,
                    .size = {ui.px(kClose), height},
                    .text_size = 12})) {
      ui.actions.mask.open_tool();
    }
  }
  ImGui::SetCursorScreenPos({at.x + width - ui.px(kClose), at.y});
  if (button(ui, {.name = "start.remove",
                  .label = ICON_FA_XMARK,
                  .tip = ui.t("tip.start.remove"),
                  .kind = ButtonKind::kQuiet,
                  .size = {ui.px(kClose), height},
                  .text_size = 12})) {
    ui.actions.start.remove();
  }
  take_room(at, height);
}

void draw_missing(const Ui& ui) {
  paragraph(ui, ui.t("start.missing"), {ui.colors.warn, kSmallSize});
  if (button(ui, {.name = "start.again",
                  .label = ui.t("start.again"),
                  .tip = ui.t("tip.start.again"),
                  .size = {0, ui.px(24)},
                  .text_size = kSmallSize})) {
    ui.actions.start.look_again();
  }
}

void draw_strength(const Ui& ui) {
  slider(ui,
         {.name = "strength",
          .label = ui.t("strength.label"),
          .tip = ui.t("tip.strength"),
          .low = 0.05,
          .high = 1,
          .step = 0.05,
          .typed_low = 0.01,
          .typed_high = 1},
         ui.state.draft.strength);
}

// "Mask · 12 % · strength 0.85", and the button that removes it.
void draw_mask_line(const Ui& ui) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.px(kClose);
  const double part = ui.state.mask_share();
  const double percent = 100 * part;
  const std::string share = percent > 0 && percent < 1 ? "< 1" : format_number(std::round(percent));
  const std::string text = fill(ui.t("mask.line"), {share, format_number(ui.state.draft.strength)});
  if (ImGui::InvisibleButton("##mask", {width - ui.px(kClose + 4), height},
                             ImGuiButtonFlags_EnableNav)) {
    ui.actions.mask.open_tool();
  }
  offer_hand();
  name_item(ui, "mask.line");
  ui.dump.say("mask", text);
  tooltip(ui, ui.t("tip.mask.line"));
  const TextStyle style{part > 0 ? ui.colors.text : ui.colors.bad, kTextSize};
  draw_text(ui, {at.x, at.y + ui.px(4)}, fit_text(ui, text, style, width - ui.px(kClose + 8)),
            style);
  ImGui::SetCursorScreenPos({at.x + width - ui.px(kClose), at.y});
  if (button(ui, {.name = "mask.remove",
                  .label = ICON_FA_XMARK,
                  .tip = ui.t("tip.mask.remove"),
                  .kind = ButtonKind::kQuiet,
                  .size = {ui.px(kClose), height},
                  .text_size = 12})) {
    ui.actions.mask.remove();
  }
  take_room(at, height);
}

// "Extended to 768×512", and the way out of it.
void draw_outpaint_line(const Ui& ui) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.px(kClose);
  const std::string text = fill(ui.t("outpaint.line"), {to_string(ui.state.canvas_size())});
  if (ImGui::InvisibleButton("##outpaint", {width - ui.px(kClose + 4), height},
                             ImGuiButtonFlags_EnableNav)) {
    ui.actions.mask.open_tool();
  }
  offer_hand();
  name_item(ui, "outpaint.line");
  const Margins& m = ui.state.outpaint;
  tooltip(ui, fill(ui.t("tip.outpaint.line"), {std::to_string(m.left), std::to_string(m.top),
                                               std::to_string(m.right), std::to_string(m.bottom)}));
  const TextStyle style{ui.colors.text, kTextSize};
  draw_text(ui, {at.x, at.y + ui.px(4)}, fit_text(ui, text, style, width - ui.px(kClose + 8)),
            style);
  ImGui::SetCursorScreenPos({at.x + width - ui.px(kClose), at.y});
  if (button(ui, {.name = "outpaint.remove",
                  .label = ICON_FA_XMARK,
                  .tip = ui.t("tip.outpaint.remove"),
                  .kind = ButtonKind::kQuiet,
                  .size = {ui.px(kClose), height},
                  .text_size = 12})) {
    ui.actions.outpaint.remove();
  }
  take_room(at, height);
}

void draw_start(const Ui& ui) {
  const StartPicture start = ui.state.draft.init;  // a copy, since a click may remove it
  const ImVec2 at = ImGui::GetCursorScreenPos();
  draw_look(ui, start, at);
  ImGui::Indent(ui.px(kThumbnail + 10));
  draw_name(ui, start);
  if (has_pixels(*start)) {
    draw_strength(ui);
    if (ui.state.mask) draw_mask_line(ui);
    if (ui.state.outpaint != Margins{}) draw_outpaint_line(ui);
    const std::string note = fit_note(ui, *start);
    if (!note.empty()) paragraph(ui, note, {ui.colors.text_faint, kSmallSize});
  } else {
    draw_missing(ui);
  }
  ImGui::Unindent(ui.px(kThumbnail + 10));
}

// "Variation 42 · 0.3", and the button that removes it.
struct LineChip {
  std::string name;
  std::string line;
  std::string tip;
  std::string tip_of_remove;
};
// Calls `remove` for the draft when the button is pressed.
void draw_line_chip(const Ui& ui, const LineChip& chip, void (*remove)(GenerationRequest&)) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.px(kClose);
  const TextStyle style{ui.colors.text, kTextSize};
  ImGui::InvisibleButton(("##" + chip.name).c_str(), {width - ui.px(kClose + 4), height});
  name_item(ui, chip.name);
  tooltip(ui, chip.tip);
  draw_text(ui, {at.x, at.y + ui.px(4)}, fit_text(ui, chip.line, style, width - ui.px(kClose + 8)),
            style);
  ImGui::SetCursorScreenPos({at.x + width - ui.px(kClose), at.y});
  if (button(ui, {.name = chip.name + ".remove",
                  .label = ICON_FA_XMARK,
                  .tip = chip.tip_of_remove,
                  .kind = ButtonKind::kQuiet,
                  .size = {ui.px(kClose), height},
                  .text_size = 12})) {
    ui.state.record();
    remove(ui.state.draft);
    ui.state.record();
  }
  take_room(at, height);
}

void draw_variation(const Ui& ui) {
  const Variation variation = *ui.state.draft.variation;
  draw_line_chip(ui,
                 {"variation",
                  fill(ui.t("variation.line"),
                       {std::to_string(variation.seed), format_number(variation.strength)}),
                  ui.t("tip.variation"), ui.t("tip.variation.remove")},
                 [](GenerationRequest& draft) { draft.variation.reset(); });
}

void draw_variety(const Ui& ui) {
  const Variety variety = *ui.state.draft.variety;
  draw_line_chip(ui,
                 {"variety",
                  fill(ui.t("variety.line"),
                       {format_number(variety.strength), format_number(variety.percent)}),
                  ui.t("tip.variety"), ui.t("tip.variety.remove")},
                 [](GenerationRequest& draft) { draft.variety.reset(); });
}

void draw_seed_mode(const Ui& ui) {
  draw_line_chip(
      ui,
      {"seed_mode", ui.t("seed_mode.line"), ui.t("tip.seed_mode"), ui.t("tip.seed_mode.remove")},
      [](GenerationRequest& draft) { draft.seed_mode = SeedMode::kPlain; });
}

}  // namespace

void draw_start_chips(const Ui& ui) {
  const GenerationRequest& draft = ui.state.draft;
  const bool is_composed = draft.seed_mode == SeedMode::kComposition;
  if (!draft.init && !draft.variation && !draft.variety && !is_composed && ui.frame.loras.empty())
    return;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(10), ui.px(8)));
  ImGui::PushStyleVar(ImGuiStyleVar_ChildRounding, ui.px(8));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(8), ui.px(4)));
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ui.colors.field);
  const auto box = [&](const char* id, void (*draw)(const Ui&)) {
    ImGui::BeginChild(id, {ImGui::GetContentRegionAvail().x, 0},
                      ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_AlwaysUseWindowPadding |
                          ImGuiChildFlags_NavFlattened,
                      ImGuiWindowFlags_NoScrollbar);
    draw(ui);
    ImGui::EndChild();
  };
  if (ui.state.draft.init) box("chip.start", draw_start);
  if (draft.variation) box("chip.variation", draw_variation);
  if (draft.variety) box("chip.variety", draw_variety);
  if (is_composed) box("chip.seed_mode", draw_seed_mode);
  if (!ui.frame.loras.empty()) box("chip.loras", draw_lora_chips);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(3);
}

}  // namespace headroom
