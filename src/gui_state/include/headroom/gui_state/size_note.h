#pragma once
#include "headroom/config/string_table.h"
#include "headroom/gui_state/size_cards.h"
#include "headroom/gui_state/ui_state.h"

#include <array>
#include <optional>
#include <string>

namespace headroom {

// What is to be said of the chosen size at this moment.
struct SizeNote {
  std::string text{};         // empty: nothing
  std::optional<Size> use{};  // what its button chooses
};

// The note of the last change, or of a size that another one was taken for: what is said of that
// follows the memory. `cards` are of this moment, too.
[[nodiscard]] SizeNote note_of_size(const UiState& state,
                                    const std::array<SizeCard, kSizePresets.size()>& cards,
                                    const StringTable& text);

// Whether the preset of this size cannot run now; false for what is no preset.
[[nodiscard]] bool is_short(Size size, const std::array<SizeCard, kSizePresets.size()>& cards);

}  // namespace headroom
