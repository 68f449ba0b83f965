#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_state/requests_from_picture.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <vector>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>

namespace headroom {
namespace {

constexpr float kHeight_px = 34;
constexpr float kStep_px = 28;  // width of an arrow
constexpr float kInset_px = 4;

struct Verdict {
  const char* name;
  std::string label;
  std::string tip;
  std::string disabled;
  ButtonKind kind;
  void (*act)(Actions&);
};

void keep(Actions& actions) { actions.results.keep(); }
void discard(Actions& actions) { actions.results.discard(); }
void make_more(Actions& actions) { actions.results.more(); }

std::vector<Verdict> choices(const Ui& ui, bool has_price) {
  const FinishedPicture& picture = *ui.state.selected_picture();
  const bool saved = !picture.file.empty();
  const Frame::Lead& lead = ui.frame.more;
  std::string more = ui.t("apply.more");
  std::string tip = ui.t("tip.apply.more");
  if (lead.forecast != nullptr && lead.forecast->fits) {
    const std::string price = needs_text(lead.forecast->plan, ui.text);
    if (has_price) more += " · " + price;
    tip += "\n" + fill(ui.t("tip.needs"), {price});
  }
  return {{"apply.keep", ui.t("apply.keep"), ui.t("tip.apply.keep"),
           saved ? std::string() : ui.t("why.no_file"), ButtonKind::kAccent, keep},
          {"apply.discard", ui.t("apply.discard"), ui.t("tip.apply.discard"),
           saved ? std::string() : ui.t("why.apply.discard"), ButtonKind::kQuiet, discard},
          {"apply.more", more, tip, lead.blocked, ButtonKind::kQuiet, make_more}};
}

float width_of(const Ui& ui, const Verdict& choice) {
  return text_width(ui, choice.label, {0, kTextSize}) + ui.px(24);
}

float width_of(const Ui& ui, const std::vector<Verdict>& all, float counter) {
  float width = counter + ui.px(2 * kStep_px + 2 * kInset_px);
  for (const Verdict& choice : all) width += width_of(ui, choice) + ui.px(kInset_px);
  return width;
}

void draw_step(const Ui& ui, const char* name, const char* icon, bool is_end, int by) {
  if (button(ui, {.name = name,
                  .label = icon,
                  .tip = ui.t(by < 0 ? "tip.apply.before" : "tip.apply.next"),
                  .disabled = is_end ? ui.t("why.apply.end") : std::string(),
                  .kind = ButtonKind::kQuiet,
                  .size = {ui.px(kStep_px), ui.px(kHeight_px - 2 * kInset_px)},
                  .text_size = kSmallSize})) {
    ui.actions.results.step(by);
  }
}

}  // namespace

void draw_repaint_bar(const Ui& ui, const Rect& canvas) {
  const auto results = repaint_results(ui.state);
  if (!results) return;
  const std::size_t count = results->pictures.size();
  const std::string counter = std::to_string(results->at + 1) + "/" + std::to_string(count);
  const float counted = text_width(ui, counter, {0, kTextSize, true}) + ui.px(12);
  std::vector<Verdict> all = choices(ui, true);
  const auto room = static_cast<float>(canvas.w) - ui.px(16);
  if (width_of(ui, all, counted) > room) all = choices(ui, false);
  const float width = width_of(ui, all, counted);
  const float height = ui.px(kHeight_px);
  const float inset = ui.px(kInset_px);
  const ImVec2 at{static_cast<float>(canvas.x + canvas.w / 2) - width / 2,
                  static_cast<float>(canvas.y + canvas.h) - height - ui.px(12)};
  const ImVec2 end{at.x + width, at.y + height};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(at, end, faded(ui.colors.popup, 0.96F), ui.px(9));
  list.AddRect(at, end, ui.colors.edge, ui.px(9), ui.px(1));
  ImGui::SetCursorScreenPos({at.x + inset, at.y + inset});
  draw_step(ui, "apply.before", ICON_FA_CHEVRON_LEFT, results->at == 0, -1);
  draw_text(ui, {at.x + inset + ui.px(kStep_px + 6), at.y + ui.px(8)}, counter,
            {ui.colors.text, kTextSize, true});
  ui.dump.say("apply", counter);
  float x = at.x + inset + ui.px(kStep_px) + counted;
  ImGui::SetCursorScreenPos({x, at.y + inset});
  draw_step(ui, "apply.next", ICON_FA_CHEVRON_RIGHT, results->at + 1 == count, 1);
  x += ui.px(kStep_px + kInset_px);
  for (const Verdict& choice : all) {
    ImGui::SetCursorScreenPos({x, at.y + inset});
    if (button(ui, {.name = choice.name,
                    .label = choice.label,
                    .tip = choice.tip,
                    .disabled = choice.disabled,
                    .kind = choice.kind,
                    .size = {width_of(ui, choice), height - 2 * inset}}) &&
        !is_second_click()) {
      choice.act(ui.actions);
      return;  // the list of pictures has changed
    }
    x += width_of(ui, choice) + inset;
  }
}

}  // namespace headroom
