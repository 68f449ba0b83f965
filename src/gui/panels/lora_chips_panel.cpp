#include "headroom/core/bytes.h"
#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/lora_chips.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

constexpr std::size_t kMaxShown = 3;
constexpr float kRow = 26;     // design pixels
constexpr float kToggle = 26;  // design pixels

bool icon(const Ui& ui, const std::string& name, const char* label, const std::string& tip) {
  return button(ui, {.name = name,
                     .label = label,
                     .tip = tip,
                     .kind = ButtonKind::kQuiet,
                     .size = {ui.px(kToggle), ui.px(kRow)},
                     .text_size = 12});
}

// Switch, name, what it needs, and the button that removes it.
void draw_head(const Ui& ui, const LoraChip& chip, const std::string& name) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float right = at.x + ImGui::GetContentRegionAvail().x;
  if (icon(ui, name + ".on", chip.on ? ICON_FA_TOGGLE_ON : ICON_FA_TOGGLE_OFF,
           ui.t(chip.on ? "tip.lora.off" : "tip.lora.on"))) {
    ui.actions.loras.toggle(chip);
  }
  const std::string need = chip.found ? format_bytes(chip.found->bytes) : std::string();
  const TextStyle style{chip.on ? ui.colors.text : ui.colors.text_faint, kTextSize};
  const float left = at.x + ui.px(kToggle + 6);
  const float end = right - ui.px(kToggle + 4);
  const float from =
      draw_text_right(ui, end, at.y + ui.px(5), need, {ui.colors.text_faint, kSmallSize});
  const float room = from - left - ui.px(8);
  ImGui::SetCursorScreenPos({left, at.y});
  ImGui::InvisibleButton(("##" + name).c_str(), {std::max(1.0F, room), ui.px(kRow)});
  name_item(ui, name);
  tooltip(ui, chip.found ? fill(ui.t("tip.lora"), {chip.found->file.string(),
                                                   std::to_string(chip.found->matched_keys),
                                                   std::to_string(chip.found->keys)})
                         : chip.tag.name);
  draw_text(ui, {left, at.y + ui.px(4)}, fit_text(ui, chip.tag.name, style, room), style);
  ImGui::SetCursorScreenPos({right - ui.px(kToggle), at.y});
  if (icon(ui, name + ".remove", ICON_FA_XMARK, ui.t("tip.lora.remove")))
    ui.actions.loras.remove(chip);
  take_room(at, ui.px(kRow));
}

void draw_chip(const Ui& ui, const LoraChip& chip, std::size_t index) {
  const std::string name = "lora." + std::to_string(index);
  draw_head(ui, chip, name);
  if (!chip.found) {
    paragraph(ui, sentence(chip.trouble, ui.text), {ui.colors.bad, kSmallSize});
    return;
  }
  if (!chip.on) return;
  double strength = chip.tag.strength;
  if (slider(ui,
             {.name = name + ".strength",
              .label = ui.t("strength.label"),
              .tip = ui.t("tip.lora.strength"),
              .low = 0,
              .high = 1.5,
              .step = 0.05,
              .typed_low = -kMaxLoraStrength,
              .typed_high = kMaxLoraStrength},
             strength)) {
    ui.actions.loras.set_strength(chip, strength);
  }
}

// Whether a chip is folded away when there are many; chips with a problem never are.
bool folds(const Ui& ui, std::size_t index) {
  return !ui.state.loras_open && index >= kMaxShown && ui.frame.loras[index].found;
}

// "2 more · 120 MB"
void draw_more(const Ui& ui) {
  std::size_t count = 0;
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < ui.frame.loras.size(); ++i) {
    if (!folds(ui, i)) continue;
    ++count;
    if (ui.frame.loras[i].on) bytes += ui.frame.loras[i].found->bytes;
  }
  if (count == 0) return;
  if (button(ui, {.name = "lora.more",
                  .label = fill(ui.t("lora.more"), {std::to_string(count), format_bytes(bytes)}),
                  .tip = ui.t("tip.lora.more"),
                  .kind = ButtonKind::kQuiet,
                  .size = {0, ui.px(24)},
                  .text_size = kSmallSize})) {
    ui.state.loras_open = true;
  }
}

}  // namespace

void draw_lora_chips(const Ui& ui) {
  for (std::size_t i = 0; i < ui.frame.loras.size(); ++i) {
    if (!folds(ui, i)) draw_chip(ui, ui.frame.loras[i], i);
  }
  draw_more(ui);
}

}  // namespace headroom
