#include "headroom/core/bytes.h"
#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/memory_refusal.h"
#include "headroom/gui_state/model_list.h"
#include "headroom/gui_state/session_banners.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>
#include <string>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

constexpr float kListWidth = 440;  // design pixels
constexpr float kRow = 46;

// The choice after all changes under way are completed.
const SessionChoice& chosen(const Ui& ui) {
  return ui.frame.change ? ui.frame.change->to : ui.frame.opened->choice;
}

// A button with an icon, a name and a list symbol; `popup` opens below it. Returns its width.
struct Plate {
  const char* name;
  const char* icon;
  std::string label;
  std::string tip;
  const char* popup;
  bool changes = false;
};
float draw_plate(const Ui& ui, ImVec2 at, float height, float most, const Plate& plate) {
  const ImU32 color = plate.changes ? ui.colors.ring : ui.colors.text;
  const TextStyle style{color, kTextSize};
  const float around = ui.px(30 + 28);  // icon and list symbol
  const std::string shown = fit_text(ui, plate.label, style, most - around);
  const float width = text_width(ui, shown, style) + around;
  ImGui::SetCursorScreenPos(at);
  const bool pressed =
      button(ui, {.name = plate.name, .label = " ", .tip = plate.tip, .size = {width, height}});
  draw_text(ui, {at.x + ui.px(10), at.y + ui.px(7)},
            plate.changes ? ICON_FA_HOURGLASS_HALF : plate.icon, {ui.colors.text_dim, 12});
  draw_text(ui, {at.x + ui.px(30), at.y + ui.px(5)}, shown, style);
  draw_text(ui, {at.x + width - ui.px(19), at.y + ui.px(9)}, ICON_FA_CHEVRON_DOWN,
            {ui.colors.text_dim, 9});
  if (pressed) {
    ui.state.models_asked = true;
    ImGui::OpenPopup(plate.popup);
  }
  ImGui::SetNextWindowPos({at.x, at.y + height + ui.px(6)});
  return width;
}

bool begin_list(const Ui& ui, const char* popup) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(16), ui.px(12)));
  const bool open = ImGui::BeginPopup(popup);
  ImGui::PopStyleVar();
  if (open && ImGui::IsKeyPressed(ImGuiKey_Escape)) ImGui::CloseCurrentPopup();
  return open;
}

struct Row {
  std::string name;
  std::string title;
  std::string below{};
  std::string right{};
  ImU32 right_color = 0;
  std::string tip{};
  std::string disabled{};
  bool is_chosen = false;
};
bool draw_row(const Ui& ui, const Row& row, float width) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 size{width, ui.px(row.below.empty() ? 30 : kRow)};
  if (row.is_chosen) {
    ImGui::GetWindowDrawList()->AddRectFilled(at, {at.x + size.x, at.y + size.y},
                                              ui.colors.accent_soft, ui.px(6));
  }
  const bool pressed = button(ui, {.name = row.name,
                                   .label = " ",
                                   .tip = row.tip,
                                   .disabled = row.disabled,
                                   .kind = ButtonKind::kQuiet,
                                   .size = size});
  ui.dump.say(row.name, row.title);
  ui.dump.say(row.name + ".right", row.right);
  const float left = at.x + ui.px(32);
  float right = at.x + size.x - ui.px(10);
  const float y = at.y + (row.below.empty() ? ui.px(7) : ui.px(5));
  if (row.is_chosen) draw_text(ui, {at.x + ui.px(10), y}, ICON_FA_CHECK, {ui.colors.ring, 12});
  if (!row.right.empty()) {
    right = draw_text_right(ui, right, y, row.right, {row.right_color, kSmallSize}) - ui.px(12);
  }
  const TextStyle title{row.disabled.empty() ? ui.colors.text : ui.colors.text_faint, kTextSize};
  draw_text(ui, {left, y}, fit_text(ui, row.title, title, right - left), title);
  const TextStyle below{ui.colors.text_dim, kSmallSize};
  const float room = at.x + size.x - ui.px(10) - left;
  if (!row.below.empty())
    draw_text(ui, {left, at.y + ui.px(24)}, fit_text(ui, row.below, below, room), below);
  return pressed;
}

Row row_of(const Ui& ui, const ModelOffer& offer, std::size_t index, bool is_chosen) {
  Row row{.name = "model." + std::to_string(index),
          .title = offer.is_starter ? ui.t("top.starter") : offer.name,
          .tip = offer.place,
          .is_chosen = is_chosen};
  if (!offer.problem.empty()) {
    row.below = sentence(offer.problem, ui.text);
    row.right = ui.t("models.broken");
    row.right_color = ui.colors.bad;
    row.tip += "\n" + row.below;
    return row;
  }
  if (offer.file_bytes == 0) {  // nothing else is known about it
    row.below = offer.place;
    return row;
  }
  row.below = formats_of(offer) + " · " + format_bytes(offer.file_bytes);
  if (offer.presets.empty()) {
    row.right = "…";  // being computed
    row.right_color = ui.colors.text_faint;
  } else if (const auto largest = largest_square(offer)) {
    row.right = fill(ui.t("models.fits"), {to_string(*largest)});
    row.right_color = ui.colors.ok;
  } else {
    const Forecast& least = offer.presets.front();
    row.right = fill(ui.t("models.short"),
                     {missing_text(least.plan.peak_bytes, least.shortfall_bytes, least.budget)});
    row.right_color = ui.colors.bad;
  }
  return row;
}

// Whether the mouse is on the list, or where it may grow to: then nothing may move, including what
// is below the rows. More rows can be scrolled to.
bool is_pointed_at() {
  const ImVec2 at = ImGui::GetWindowPos();
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  return mouse.x >= at.x && mouse.x < at.x + ImGui::GetWindowWidth() && mouse.y >= at.y;
}

// Enough for all rows; or ending with half a row, which shows that there are more.
float list_height(const Ui& ui, std::size_t rows) {
  const float row = ui.px(kRow + 2);
  const float most =
      std::max(2.5F * row, std::min(6.5F * row, ImGui::GetIO().DisplaySize.y - ui.px(320)));
  const float all = row * static_cast<float>(rows);
  return std::min(all, most);
}

void draw_models(const Ui& ui, float width) {
  const ModelOnDevice& opened = *ui.frame.opened;
  MenuRows& rows = ui.state.menu_rows;
  rows.follow(ui.frame.models.items, ui.state.recent_models, opened);
  section(ui, ui.t("models.title"), ui.frame.models.is_looking ? ui.t("models.looking") : "");
  const bool stays = chosen(ui).model == opened.choice.model;
  const float wanted = list_height(ui, rows.all().size());
  if (rows.height_px == 0 || !is_pointed_at()) rows.height_px = wanted;
  const auto height = static_cast<float>(rows.height_px);
  const bool scrolls = ui.px(kRow + 2) * static_cast<float>(rows.all().size()) > height;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, ui.px(2)));
  ImGui::BeginChild("models", {width + (scrolls ? ui.px(12) : 0), height});
  std::size_t index = 0;
  for (const ModelOffer& offer : rows.all()) {
    const bool is_chosen = stays ? is_opened(offer, opened) : offer.model == chosen(ui).model;
    if (!draw_row(ui, row_of(ui, offer, index++, is_chosen), width)) continue;
    ui.actions.models.choose(offer);
    ImGui::CloseCurrentPopup();
  }
  ImGui::EndChild();
  ImGui::PopStyleVar();
}

void draw_formats(const Ui& ui) {
  ImGui::Dummy({0, ui.px(4)});
  section(ui, ui.t("formats.title"), fill(ui.t("formats.now"), {ui.frame.opened->dtype}));
  const auto& formats = ui.frame.opened->formats;
  for (const NumberFormat format : formats) {
    const std::string name = name_of(format);
    if (format != formats.front()) ImGui::SameLine(0, ui.px(8));
    const bool is_chosen = chosen(ui).dtype == format;
    if (button(ui, {.name = "format." + name,
                    .label = name,
                    .tip = ui.t("tip.format." + name),
                    .kind = is_chosen ? ButtonKind::kAccent : ButtonKind::kPlain,
                    .size = {ui.px(64), ui.px(28)}})) {
      SessionChoice to = chosen(ui);
      to.dtype = format;
      ui.actions.models.change(to);
      ImGui::CloseCurrentPopup();
    }
  }
}

// A change under way, and a button that cancels it. It is below everything else, since it may
// disappear at any time.
void draw_change(const Ui& ui, float width) {
  if (!ui.frame.change) return;
  ImGui::Dummy({0, ui.px(4)});
  const std::string label = ui.text.words(label_of(ui.frame.change->to, *ui.frame.opened));
  const char* const key = ui.frame.change->is_opened ? "models.waits" : "models.opening";
  paragraph(ui, fill(ui.t(key), {label}), {ui.colors.text_dim, kTextSize}, width);
  if (button(ui,
             {.name = "model.keep",
              .label = fill(ui.t("banner.keep"), {ui.text.words(title_of(ui.frame.opened->model))}),
              .tip = ui.t("tip.banner.keep"),
              .size = {width, ui.px(30)}})) {
    ui.actions.models.keep();
  }
}

// Further ways to choose a model.
void draw_further(const Ui& ui, float width) {
  const float gap = ui.px(8);
  const ImVec2 half{(width - gap) / 2, ui.px(30)};
  if (button(ui, {.name = "models.all",
                  .label = ui.t("models.all"),
                  .tip = ui.t("tip.models.all"),
                  .size = half})) {
    ui.actions.models.open_list();
    ImGui::CloseCurrentPopup();
  }
  ImGui::SameLine(0, gap);
  if (button(ui, {.name = "model.other",
                  .label = ui.t("models.other"),
                  .tip = ui.t("tip.other_model"),
                  .size = half})) {
    ui.state.model_folder.emplace();
    ui.state.model_trouble.clear();
    ImGui::CloseCurrentPopup();
  }
}

}  // namespace

float draw_model_plate(const Ui& ui, ImVec2 at, float height, float most) {
  const ModelOnDevice& opened = *ui.frame.opened;
  const bool changes = ui.frame.change && ui.frame.change->to.device == opened.choice.device;
  const Message label = changes ? label_of(ui.frame.change->to, opened) : title_of(opened.model);
  const float width = draw_plate(ui, at, height, most,
                                 {.name = "model",
                                  .icon = ICON_FA_CUBE,
                                  .label = ui.text.words(label),
                                  .tip = fill(ui.t("tip.model"), {opened.model.path}),
                                  .popup = "model_popup",
                                  .changes = changes});
  if (!begin_list(ui, "model_popup")) {
    ui.state.menu_rows.close();
    return width;
  }
  const float list = std::min(ui.px(kListWidth), ImGui::GetIO().DisplaySize.x - ui.px(64));
  ImGui::Dummy({list, 0});
  draw_models(ui, list);
  draw_formats(ui);
  ImGui::Dummy({0, ui.px(4)});
  draw_further(ui, list);
  draw_change(ui, list);
  ImGui::EndPopup();
  return width;
}

float draw_device_plate(const Ui& ui, ImVec2 at, float height, float most) {
  const ModelOnDevice& opened = *ui.frame.opened;
  const MemorySnapshot& now = ui.frame.memory;
  const std::string memory = now.is_main_memory ? ui.t("gauge.memory") : now.source;
  const bool changes = ui.frame.change && ui.frame.change->to.device != opened.choice.device;
  const float width =
      draw_plate(ui, at, height, most,
                 {.name = "device",
                  .icon = ICON_FA_MICROCHIP,
                  .label = changes ? ui.frame.change->to.device : device_label(opened.device_name),
                  .tip = fill(ui.t("tip.device"), {memory}),
                  .popup = "device_popup",
                  .changes = changes});
  if (!begin_list(ui, "device_popup")) return width;
  const float list = ui.px(320);
  ImGui::Dummy({list, 0});
  section(ui, ui.t("devices.title"));
  const auto row = [&](const std::string& device, const std::string& title,
                       const std::string& tip) {
    const Row shown{.name = "device." + device,
                    .title = title,
                    .tip = tip,
                    .is_chosen = chosen(ui).device == device};
    if (!draw_row(ui, shown, list)) return;
    SessionChoice to = chosen(ui);
    to.device = device;
    ui.actions.models.change(to);
    ImGui::CloseCurrentPopup();
  };
  row("auto", ui.t("devices.auto"), ui.t("tip.devices.auto"));
  for (const DeviceOffer& offer : ui.services.devices)
    row(offer.device, device_label(offer.name), offer.device);
  ImGui::EndPopup();
  return width;
}

}  // namespace headroom
