#include "headroom/core/typed_numbers.h"
#include "headroom/gui_state/format.h"
#include "headroom/gui_toolkit/widgets.h"

#include "panels.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <hello_imgui/icons_font_awesome_6.h>
#include <imgui.h>
#include <imgui_stdlib.h>

namespace headroom {
namespace {

bool has_problem(const Ui& ui, RequestProblem::Field field) {
  return std::any_of(ui.frame.problems.begin(), ui.frame.problems.end(),
                     [field](const RequestProblem& p) { return p.field == field; });
}

void draw_problem(const Ui& ui, RequestProblem::Field field) {
  for (const RequestProblem& problem : ui.frame.problems) {
    if (problem.field == field)
      paragraph(ui, sentence(problem.message, ui.text), {ui.colors.bad, kSmallSize});
  }
}

// The arrow keys change the seed if it is a number.
void take_arrows(ImGuiInputTextCallbackData* data) {
  const auto seed = parse_seed({data->Buf, static_cast<std::size_t>(data->BufTextLen)});
  if (!seed || !seed->value || ImGui::GetIO().KeyAlt) return;
  const std::uint64_t by = ImGui::GetIO().KeyShift ? 10 : 1;
  const std::uint64_t now = *seed->value;
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t next =
      data->EventKey == ImGuiKey_UpArrow ? now + std::min(by, kMax - now) : now - std::min(by, now);
  data->DeleteChars(0, data->BufTextLen);
  data->InsertChars(0, std::to_string(next).c_str());
  data->SelectAll();
}

// A paste that is not a seed leaves the field unchanged.
int follow_seed(ImGuiInputTextCallbackData* data) {
  if (data->EventFlag == ImGuiInputTextFlags_CallbackHistory) {
    take_arrows(data);
    return 0;
  }
  auto& state = *static_cast<UiState*>(data->UserData);
  const std::string text(data->Buf, static_cast<std::size_t>(data->BufTextLen));
  const bool pasted = ImGui::IsKeyDown(ImGuiMod_Ctrl) || text.size() > state.seed_text.size() + 1;
  state.seed_note = {};
  if (!pasted || parse_seed(text)) return 0;
  state.seed_note = {"seed", text};
  data->DeleteChars(0, data->BufTextLen);
  data->InsertChars(0, state.seed_text.c_str());
  return 0;
}

// Normalises the entered text to a number, or for a random seed to nothing; other texts are
// removed.
void take_seed(UiState& state) {
  if (const auto seed = parse_seed(state.seed_text)) {
    state.seed_text = seed->value ? std::to_string(*seed->value) : std::string();
  } else {
    state.seed_note = {"seed", state.seed_text};
    state.seed_text = state.seed_before;
  }
}

void draw_seed_field(const Ui& ui) {
  UiState& state = ui.state;
  const std::string before = state.seed_text;
  take_focus(ui, "seed");
  ImGui::InputTextWithHint("##seed", ui.t("seed.random").c_str(), &state.seed_text,
                           ImGuiInputTextFlags_CallbackEdit | ImGuiInputTextFlags_CallbackHistory |
                               ImGuiInputTextFlags_AutoSelectAll,
                           follow_seed, &state);
  if (ImGui::IsItemActivated()) state.seed_before = before;
  if (ImGui::IsKeyPressed(ImGuiKey_Escape)) state.seed_text = before;
  if (ImGui::IsItemDeactivated()) take_seed(state);
}

void draw_seed(const Ui& ui) {
  UiState& state = ui.state;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float label = ui.px(84);
  const float random = ui.px(36);
  const float row = ImGui::GetFontSize() + 2 * ui.px(5);
  draw_text(ui, {at.x, at.y + (row - ui.px(kTextSize + 4)) / 2}, ui.t("seed.label"),
            {ui.colors.text_dim});
  ImGui::SetCursorScreenPos({at.x + label, at.y});
  ImGui::SetNextItemWidth(width - label - random - ui.px(8));
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(ui.px(10), ui.px(5)));
  draw_seed_field(ui);
  ImGui::PopStyleVar();
  outline(ui, has_problem(ui, RequestProblem::Field::kSeed));
  name_item(ui, "seed");
  tooltip(ui, ui.t("tip.seed"));
  ImGui::SetCursorScreenPos({at.x + width - random, at.y});
  if (button(ui, {.name = "seed.random",
                  .label = ICON_FA_DICE,
                  .tip = ui.t("tip.seed.random"),
                  .disabled = state.seed_text.empty() ? ui.t("why.seed.random") : std::string(),
                  .size = {random, row},
                  .text_size = 13})) {
    state.seed_text.clear();
    state.seed_note = {};
  }
  take_room(at, row);
  draw_problem(ui, RequestProblem::Field::kSeed);
  if (!state.seed_note.text.empty()) {
    paragraph(ui, fill(ui.t("seed.refused"), {shorten(state.seed_note.text, 24)}),
              {ui.colors.warn, kSmallSize});
  }
}

void draw_integer(const Ui& ui, SliderOptions options, RequestProblem::Field field, int& value) {
  double number = value;
  options.trouble = has_problem(ui, field);
  if (slider(ui, options, number)) value = static_cast<int>(std::lround(number));
  draw_problem(ui, field);
}

}  // namespace

void draw_settings_fold(const Ui& ui) {
  UiState& state = ui.state;
  const GenerationRequest& draft = state.draft;
  std::string line = fill(ui.t(draft.steps == 1 ? "settings.line.one" : "settings.line"),
                          {std::to_string(draft.steps), format_number(draft.guidance_scale),
                           std::to_string(draft.count),
                           state.seed_text.empty() ? ui.t("seed.random") : state.seed_text});
  if (ui.frame.layout.kind == LayoutKind::kComposer)
    line = to_string(Size{draft.width, draft.height}) + " · " + line;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.px(24);
  if (ImGui::InvisibleButton("##settings.fold", {width, height}, ImGuiButtonFlags_EnableNav))
    state.settings_open = !state.settings_open;
  offer_hand();
  const TextStyle style{ImGui::IsItemHovered() ? ui.colors.text : ui.colors.text_dim, kTextSize};
  name_item(ui, "settings.fold");
  tooltip(ui, ui.t("tip.settings.fold"));
  draw_text(ui, {at.x, at.y + ui.px(6)},
            state.settings_open ? ICON_FA_CHEVRON_DOWN : ICON_FA_CHEVRON_RIGHT,
            {ui.colors.text_faint, 10});
  draw_text(ui, {at.x + ui.px(16), at.y + ui.px(3)}, fit_text(ui, line, style, width - ui.px(16)),
            style);
}

void draw_settings_panel(const Ui& ui) {
  using Field = RequestProblem::Field;
  UiState& state = ui.state;
  const ModelInfo& model = ui.frame.opened->model;
  if (!ui.frame.layout.folds()) section(ui, ui.t("settings.label"));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.px(8), ui.px(4)));
  draw_integer(ui,
               {.name = "steps",
                .label = ui.t("steps.label"),
                .tip = fill(ui.t("tip.steps"), {std::to_string(model.steps)}),
                .low = 1,
                .high = std::max(30.0, 2.0 * model.steps),
                .typed_low = 1,
                .typed_high = kMaxSteps,
                .of = NumberOf::kSteps},
               Field::kSteps, state.draft.steps);
  slider(ui,
         {.name = "guidance",
          .label = ui.t("guidance.label"),
          .tip = fill(ui.t("tip.guidance"), {format_number(model.guidance_scale)}),
          .low = 0,
          .high = 8,
          .step = 0.1,
          .typed_low = kMinGuidance,
          .typed_high = kMaxGuidance,
          .of = NumberOf::kGuidance,
          .trouble = has_problem(ui, Field::kGuidance)},
         state.draft.guidance_scale);
  draw_problem(ui, Field::kGuidance);
  draw_integer(ui,
               {.name = "count",
                .label = ui.t("count.label"),
                .tip = ui.t("tip.count"),
                .low = 1,
                .high = 16,
                .typed_low = 1,
                .typed_high = kMaxCount,
                .of = NumberOf::kCount},
               Field::kCount, state.draft.count);
  draw_seed(ui);
  ImGui::PopStyleVar();
}

}  // namespace headroom
