#include "actions.h"
#include "panels.h"
#include "widgets/widgets.h"

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {

void draw_picture_actions(const Ui& ui, const Rect& canvas) {
  const FinishedPicture* const picture = ui.state.selected_picture();
  if (picture == nullptr) return;
  const std::string label = std::string(ICON_FA_IMAGE) + "  " + ui.t("picture.use_image");
  const float height = ui.px(26);
  const float width = text_width(ui, label, {0, kSmallSize}) + ui.px(24);
  const ImVec2 at{static_cast<float>(canvas.x) + ui.px(12),
                  static_cast<float>(canvas.y + canvas.h) - height - ui.px(12)};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(at, {at.x + width, at.y + height}, faded(ui.colors.popup, 0.95F), ui.px(7));
  list.AddRect(at, {at.x + width, at.y + height}, ui.colors.border, ui.px(7), ui.px(1));
  ImGui::SetCursorScreenPos(at);
  if (button(ui, {.name = "use_image",
                  .label = label,
                  .tip = ui.t("tip.use_image"),
                  .disabled = picture->file.empty() ? ui.t("why.no_file") : std::string(),
                  .kind = ButtonKind::kQuiet,
                  .size = {width, height},
                  .text_size = kSmallSize})) {
    ui.actions.use_as_image();
  }
}

}  // namespace headroom
