#include "headroom/gui_actions/actions.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"
#include "question.h"

#include <algorithm>

#include <imgui.h>
#include <imgui_internal.h>

namespace headroom {
namespace {

// "768×512 · 20 steps · guidance 3 · seed 7", as far as the picture has them.
std::string values_line(const Ui& ui, const OfferedPicture& picture) {
  const GenerationRequest& r = picture.request;
  std::string line;
  const auto add = [&](const std::string& part) { line += (line.empty() ? "" : " · ") + part; };
  if (picture.has_size) add(to_string(Size{r.width, r.height}));
  if (picture.has_steps) add(ui.t("steps.label") + " " + std::to_string(r.steps));
  if (picture.has_guidance) add(ui.t("guidance.label") + " " + format_number(r.guidance_scale));
  if (r.seed) add(ui.t("seed.label") + " " + std::to_string(*r.seed));
  return line;
}

void draw_unknown(const Ui& ui, const std::vector<Message>& unknown) {
  constexpr std::size_t kMax = 6;
  if (unknown.empty()) return;
  paragraph(ui, ui.t("offer.unknown"), {ui.colors.warn, kSmallSize});
  for (std::size_t i = 0; i < std::min(kMax, unknown.size()); ++i)
    paragraph(ui, shorten(sentence(unknown[i], ui.text), 120), {ui.colors.text_dim, kSmallSize});
  if (unknown.size() > kMax) {
    paragraph(ui, fill(ui.t("plan.more"), {std::to_string(unknown.size() - kMax)}),
              {ui.colors.text_faint, kSmallSize});
  }
}

// What was pasted into a field may be gone on with there.
void close_offer(UiState& state) {
  state.focus = state.offered_picture->field;
  state.offered_picture.reset();
  ImGui::CloseCurrentPopup();
}

void draw_choices(const Ui& ui, const OfferedPicture& picture) {
  using Part = SettingsActions::Part;
  const float gap = ui.px(8);
  const bool has_file = !picture.file.empty();
  const float columns = 1 + (picture.has_settings ? 3 : 0) + (has_file ? 1 : 0);
  const float width = (ui.px(kQuestionWidth) - (columns - 1) * gap) / columns;
  const bool stays = !picture.field.empty();
  const auto choice = [&](const char* name, ButtonKind kind, const std::string& why_not,
                          std::optional<Part> part) {
    const std::string key = std::string("offer.") + name;
    const std::string tip = ui.t(!part && stays ? "tip.offer.keep" : "tip." + key);
    if (!button(ui, {.name = key,
                     .label = ui.t(key),
                     .tip = tip,
                     .disabled = why_not,
                     .kind = kind,
                     .size = {width, ui.px(36)}})) {
      return;
    }
    if (part) ui.actions.settings.take_offered(*part);
    close_offer(ui.state);
  };
  if (picture.has_settings) {
    choice("all", ButtonKind::kAccent, {}, Part::kAll);
    ImGui::SameLine(0, gap);
    choice("prompt", ButtonKind::kPlain,
           picture.has_prompt ? std::string() : ui.t("why.offer.prompt"), Part::kPrompt);
    ImGui::SameLine(0, gap);
    choice("seed", ButtonKind::kPlain,
           picture.request.seed ? std::string() : ui.t("why.offer.seed"), Part::kSeed);
    ImGui::SameLine(0, gap);
  }
  if (has_file) {
    const Message& why_not = picture.why_no_image;
    choice("image", picture.has_settings ? ButtonKind::kPlain : ButtonKind::kAccent,
           why_not.empty() ? std::string() : sentence(why_not, ui.text), Part::kImage);
    ImGui::SameLine(0, gap);
  }
  choice("close", ButtonKind::kQuiet, {}, std::nullopt);
}

}  // namespace

void draw_offered_picture(const Ui& ui) {
  UiState& state = ui.state;
  if (!state.offered_picture) return;
  const bool open = begin_question(ui, "offered_picture");
  if (open) {
    const OfferedPicture picture = *state.offered_picture;  // a copy, since a choice removes it
    const std::string name = shorten(picture.name, 48);
    const std::string settings_of =
        picture.file.empty() ? ui.t("offer.title.text") : fill(ui.t("offer.title"), {name});
    paragraph(ui, picture.has_settings ? settings_of : name, {ui.colors.text, 15, true});
    if (!picture.has_settings)
      paragraph(ui, fill(ui.t("offer.none"), {name}), {ui.colors.text_dim, kTextSize});
    if (picture.has_prompt)
      paragraph(ui, shorten(picture.request.prompt, 240), {ui.colors.text, kTextSize});
    if (const std::string& negative = picture.request.negative_prompt; !negative.empty()) {
      paragraph(ui, fill(ui.t("offer.negative"), {shorten(negative, 240)}),
                {ui.colors.text_dim, kTextSize});
    }
    const std::string values = values_line(ui, picture);
    if (!values.empty()) paragraph(ui, values, {ui.colors.text_dim, kTextSize});
    draw_unknown(ui, picture.unknown);
    if (!picture.field.empty()) {
      paragraph(ui, ui.t("offer.pasted"), {ui.colors.text_dim, kSmallSize});
      // A blank typed on after pasting must not press a button of the question.
      ImGui::SetKeyOwner(ImGuiKey_Space, ImGui::GetID("typed"));
    }
    ImGui::Dummy({0, ui.px(2)});
    draw_choices(ui, picture);
    if (state.offered_picture && ImGui::IsKeyPressed(ImGuiKey_Escape, false)) close_offer(state);
  }
  end_question(open);
}

}  // namespace headroom
