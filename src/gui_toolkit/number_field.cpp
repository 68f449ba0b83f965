#include "headroom/gui_toolkit/number_field.h"

#include "headroom/core/typed_numbers.h"
#include "headroom/gui_state/format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include <imgui.h>
#include <imgui_internal.h>

namespace headroom {
namespace {

double round_to(const NumberField& field, double number) {
  return field.step >= 1 ? std::round(number) : number;
}

// Where only whole numbers are wanted, "1,024" is no fraction.
std::optional<double> read_number(const NumberField& field, const std::string& text) {
  const auto whole = field.step >= 1 ? parse_whole(text) : std::nullopt;
  return whole ? std::optional(static_cast<double>(*whole)) : parse_real(text);
}

// The arrow keys change the number in the field.
int take_arrows(ImGuiInputTextCallbackData* data) {
  const auto& field = *static_cast<const NumberField*>(data->UserData);
  const bool up = ImGui::IsKeyPressed(ImGuiKey_UpArrow);
  if (!up && !ImGui::IsKeyPressed(ImGuiKey_DownArrow)) return 0;
  const auto number = read_number(field, {data->Buf, static_cast<std::size_t>(data->BufTextLen)});
  if (!number || ImGui::GetIO().KeyAlt) return 0;
  const double by = field.step * (ImGui::GetIO().KeyShift ? 10 : 1);
  const double next = std::clamp(*number + (up ? by : -by), field.low, field.high);
  data->DeleteChars(0, data->BufTextLen);
  data->InsertChars(0, format_number(next).c_str());
  data->SelectAll();
  return 0;
}

EnteredNumber understand(const Ui& ui, const NumberField& field, const std::string& text) {
  const auto number = read_number(field, text);
  if (!number) return {field.value, fill(ui.t("number.refused"), {shorten(text, 24)})};
  const double value = round_to(field, *number);
  if (value > field.high)
    return {field.high, fill(ui.t("number.most"), {format_number(field.high)})};
  if (value < field.low) return {field.low, fill(ui.t("number.least"), {format_number(field.low)})};
  if (value != *number)
    return {value, fill(ui.t("number.rounded"), {shorten(text, 24), format_number(value)})};
  return {value};
}

}  // namespace

std::optional<EnteredNumber> number_field(const Ui& ui, const NumberField& field, float width,
                                          double* live) {
  const std::string shown = format_number(field.value);
  std::array<char, 64> text{};
  shown.copy(text.data(), text.size() - 1);
  const ImGuiID id = ImGui::GetID(field.id.c_str());
  const bool was_active = ImGui::GetActiveID() == id;
  std::string typed;
  if (was_active) {
    if (const ImGuiInputTextState* const edited = ImGui::GetInputTextState(id)) {
      typed = edited->TextSrc;
    }
  }
  ImGui::SetNextItemWidth(width);
  ImGui::PushItemFlag(ImGuiItemFlags_LiveEditOnInputText, false);
  NumberField copy = field;
  // A field with a history owns the up and down arrows; without, they would move the focus away.
  ImGui::InputText(field.id.c_str(), text.data(), text.size(),
                   ImGuiInputTextFlags_AutoSelectAll | ImGuiInputTextFlags_CallbackAlways |
                       ImGuiInputTextFlags_CallbackHistory,
                   take_arrows, &copy);
  ImGui::PopItemFlag();
  const bool escaped = was_active && ImGui::IsKeyPressed(ImGuiKey_Escape);
  if (ImGui::IsItemActive()) {
    ui.state.number_active = true;
    const auto number = read_number(field, typed);
    if (live != nullptr && number && typed != shown)
      *live = std::clamp(round_to(field, *number), field.low, field.high);
    return std::nullopt;
  }
  // Escape leaves the field and undoes nothing.
  const std::string entered = escaped ? typed : std::string(text.data());
  if (!ImGui::IsItemDeactivated() || entered == shown) return std::nullopt;
  return understand(ui, field, entered);
}

}  // namespace headroom
