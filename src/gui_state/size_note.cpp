#include "headroom/gui_state/size_note.h"

#include "headroom/gui_state/format.h"

#include <algorithm>

namespace headroom {

bool is_short(Size size, const std::array<SizeCard, kSizePresets.size()>& cards) {
  return std::any_of(cards.begin(), cards.end(), [&](const SizeCard& card) {
    return card.preset.size == size && card.state == CardState::kShort;
  });
}

SizeNote note_of_size(const UiState& state, const std::array<SizeCard, kSizePresets.size()>& cards,
                      const StringTable& text) {
  if (!state.side_note.text.empty()) return {state.side_note.text};
  const auto& instead = state.instead;
  if (!instead || instead->taken != Size{state.draft.width, state.draft.height})
    return {state.size_note};
  const std::string wanted = to_string(instead->wanted);
  if (!is_short(instead->wanted, cards))
    return {fill(text.text("size.again"), {wanted}), instead->wanted};
  // The plan line already says that this size does not fit.
  if (is_short(instead->taken, cards)) return {};
  return {fill(text.text("size.instead"), {wanted, to_string(instead->taken)})};
}

}  // namespace headroom
