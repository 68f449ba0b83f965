#include "headroom/gui_toolkit/number_field.h"

#include "headroom/core/typed_numbers.h"
#include "headroom/gui_state/format.h"

#include <algorithm>
#include <cmath>

#include <imgui.h>
#include <imgui_internal.h>
#include <imgui_stdlib.h>

namespace headroom {
namespace {

double round_to(const NumberField& field, double number) {
  return field.step >= 1 ? std::round(number) : number;
}

std::optional<TypedSetting> read_number(const NumberField& field, const std::string& text) {
  const bool is_whole = field.of == NumberOf::kAnything && field.step >= 1;
  return parse_setting(is_whole ? NumberOf::kWhole : field.of, text);
}

// A field while it is edited.
struct Edited {
  const NumberField& field;
  const std::string& before;  // the text of the last frame
  std::string refused{};      // text that was pasted and is not a number
};

std::string text_of(const ImGuiInputTextCallbackData& data) {
  return {data.Buf, static_cast<std::size_t>(data.BufTextLen)};
}

void put(ImGuiInputTextCallbackData* data, const std::string& text) {
  data->DeleteChars(0, data->BufTextLen);
  data->InsertChars(0, text.c_str());
}

// The arrow keys change the number in the field.
void take_arrows(ImGuiInputTextCallbackData* data, const NumberField& field) {
  const bool up = ImGui::IsKeyPressed(ImGuiKey_UpArrow);
  if (!up && !ImGui::IsKeyPressed(ImGuiKey_DownArrow)) return;
  const auto number = read_number(field, text_of(*data));
  if (!number || ImGui::GetIO().KeyAlt) return;
  const double by = field.step * (ImGui::GetIO().KeyShift ? 10 : 1);
  const double next = std::clamp(number->value + (up ? by : -by), field.low, field.high);
  put(data, format_number(next));
  data->SelectAll();
}

// A paste that is not a number leaves the field unchanged.
void take_paste(ImGuiInputTextCallbackData* data, Edited& edited) {
  const std::string text = text_of(*data);
  const bool by_key = ImGui::IsKeyPressed(ImGuiKey_V) && ImGui::GetIO().KeyCtrl;
  if (!by_key && text.size() <= edited.before.size() + 1) return;
  if (text.empty() || read_number(edited.field, text)) return;
  // The field joins pasted lines, and names are then hard to tell from a prompt.
  const char* const whole = ImGui::GetClipboardText();
  if (whole != nullptr && read_number(edited.field, whole)) {
    std::string lines = whole;
    std::replace(lines.begin(), lines.end(), '\n', ';');
    return put(data, lines);
  }
  edited.refused = text;
  put(data, edited.before);
}

int follow(ImGuiInputTextCallbackData* data) {
  auto& edited = *static_cast<Edited*>(data->UserData);
  if (data->EventFlag == ImGuiInputTextFlags_CallbackEdit) {
    take_paste(data, edited);
  } else {
    take_arrows(data, edited.field);
  }
  return 0;
}

EnteredNumber refuse(const Ui& ui, const NumberField& field, const std::string& text) {
  const bool is_unclear = reads_two_ways(text);
  const std::string why = ui.t(is_unclear ? "number.two_ways" : "number.refused");
  return {field.value, fill(why, {shorten(text, 24)}), true};
}

EnteredNumber understand(const Ui& ui, const NumberField& field, const std::string& text) {
  const auto number = read_number(field, text);
  if (!number) return refuse(ui, field, text);
  const double value = round_to(field, number->value);
  EnteredNumber entered{std::clamp(value, field.low, field.high)};
  entered.other_side = number->other_side;
  if (value != entered.value) {
    entered.note = fill(
        ui.t(value > field.high ? "number.most" : "number.least"),
        {format_number(entered.value), format_number(value > field.high ? field.low : field.high)});
  } else if (value != number->value) {
    entered.note = fill(ui.t("number.rounded"), {shorten(text, 24), format_number(value)});
  } else if (number->was_cfg_scale) {
    entered.note = fill(ui.t("number.scale"), {format_number(value + 1), format_number(value)});
  }
  return entered;
}

}  // namespace

std::optional<EnteredNumber> number_field(const Ui& ui, const NumberField& field, float width,
                                          double* live) {
  const std::string shown = format_number(field.value);
  std::string text = shown;
  const ImGuiID id = ImGui::GetID(field.id.c_str());
  const bool was_active = ImGui::GetActiveID() == id;
  std::string typed;
  if (was_active) {
    if (const ImGuiInputTextState* const state = ImGui::GetInputTextState(id)) {
      typed = state->TextSrc;
    }
  }
  ImGui::SetNextItemWidth(width);
  ImGui::PushItemFlag(ImGuiItemFlags_LiveEditOnInputText, false);
  Edited edited{field, typed};
  // With a history callback the field gets the up and down arrows; otherwise they would move the
  // focus.
  ImGui::InputText(field.id.c_str(), &text,
                   ImGuiInputTextFlags_AutoSelectAll | ImGuiInputTextFlags_CallbackAlways |
                       ImGuiInputTextFlags_CallbackEdit | ImGuiInputTextFlags_CallbackHistory,
                   follow, &edited);
  ImGui::PopItemFlag();
  const bool escaped = was_active && ImGui::IsKeyPressed(ImGuiKey_Escape);
  if (ImGui::IsItemActive()) {
    ui.state.number_active = true;
    const auto number = read_number(field, typed);
    if (live != nullptr && number && typed != shown)
      *live = std::clamp(round_to(field, number->value), field.low, field.high);
    if (!edited.refused.empty()) return refuse(ui, field, edited.refused);
    return std::nullopt;
  }
  // Escape leaves the field, but keeps what was typed.
  const std::string entered = escaped ? typed : text;
  if (!ImGui::IsItemDeactivated() || entered == shown) return std::nullopt;
  return understand(ui, field, entered);
}

}  // namespace headroom
