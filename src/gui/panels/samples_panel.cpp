#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/texture_cache.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>
#include <string>
#include <vector>

#include <imgui.h>

namespace headroom {
namespace {

constexpr float kGap_px = 12;
constexpr float kMax_px = 168;
constexpr float kLeast_px = 64;  // smaller ones show too little

const std::vector<std::string>* prompts(const Ui& ui) {
  const auto found = ui.frame.opened->examples.samples.find(ui.state.language);
  const std::size_t pictures = ui.frame.opened->examples.sample_pictures.size();
  const bool known =
      found != ui.frame.opened->examples.samples.end() && found->second.size() == pictures;
  return known && pictures > 0 ? &found->second : nullptr;
}

}  // namespace

float samples_side(const Ui& ui, const Rect& canvas) {
  if (ui.state.examples_fold || prompts(ui) == nullptr) return 0;
  const auto count = static_cast<double>(ui.frame.opened->examples.sample_pictures.size());
  const double room = std::min((canvas.w - ui.px(48) - (count - 1) * ui.px(kGap_px)) / count,
                               canvas.h - ui.px(130));
  const auto side = static_cast<float>(std::min<double>(room, ui.px(kMax_px)));
  return side < ui.px(kLeast_px) ? 0 : side;
}

void draw_samples(const Ui& ui, float middle, float y, float side) {
  const std::vector<std::string>& texts = *prompts(ui);
  const auto count = static_cast<float>(texts.size());
  float x = middle - (count * side + (count - 1) * ui.px(kGap_px)) / 2;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (std::size_t i = 0; i < texts.size(); ++i, x += side + ui.px(kGap_px)) {
    const std::string name = "sample." + std::to_string(i);
    ImGui::SetCursorScreenPos({x, y});
    const bool pressed = ImGui::InvisibleButton(("##" + name).c_str(), {side, side});
    const bool hovered = ImGui::IsItemHovered();
    offer_hand();
    name_item(ui, name);
    keep_clear(ui, item_rect());
    tooltip(ui, fill(ui.t("tip.sample"), {texts[i]}));
    const ImVec2 end{x + side, y + side};
    if (const Texture* const texture =
            ui.pictures.sample(ui.frame.opened->examples.sample_pictures[i]))
      list.AddImageRounded(texture->id(), {x, y}, end, {0, 0}, {1, 1}, IM_COL32_WHITE, ui.px(8));
    list.AddRect({x, y}, end, hovered ? ui.colors.text : ui.colors.line, ui.px(8),
                 ui.px(hovered ? 2.0F : 1.0F));
    if (!pressed) continue;
    ui.actions.prompt.set(texts[i]);
    ui.state.focus = "prompt";       // letters typed next belong to the prompt, not to the canvas,
    ui.state.caret_at_end = true;    // and are added at its end
    ui.state.generate_asked = true;  // in the next frame, which knows whether it is possible
  }
}

}  // namespace headroom
