#pragma once
#include "headroom/gui_toolkit/ui.h"

#include <cstddef>

namespace headroom {

inline constexpr float kModelIndent = 36;  // design pixels, before the texts of a row

// A model in the list of all, the one at `index`: what it is, what the five sizes need, and what is
// missing with the command that gets it. True when it was chosen.
[[nodiscard]] bool draw_model_row(const Ui& ui, const ModelOffer& offer, std::size_t index,
                                  bool is_chosen, float width);

}  // namespace headroom
