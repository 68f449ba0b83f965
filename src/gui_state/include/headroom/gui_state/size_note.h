#pragma once
#include "headroom/config/string_table.h"
#include "headroom/gui_state/size_cards.h"
#include "headroom/gui_state/ui_state.h"

#include <array>
#include <optional>
#include <string>

namespace headroom {

// A remark on the chosen size at this moment.
struct SizeNote {
  std::string text{};         // empty: no remark
  std::optional<Size> use{};  // the size that its button chooses
};

// The remark on the last change of size, or on a size that was replaced by one that fits; the
// latter depends on the present memory. `cards` must be of this moment, too.
[[nodiscard]] SizeNote note_of_size(const UiState& state,
                                    const std::array<SizeCard, kSizePresets.size()>& cards,
                                    const StringTable& text);

// Whether the preset of this size does not fit now; false for sizes that are no preset.
[[nodiscard]] bool is_short(Size size, const std::array<SizeCard, kSizePresets.size()>& cards);

}  // namespace headroom
