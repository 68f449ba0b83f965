#pragma once
#include "headroom/gui_toolkit/ui.h"

#include <cstddef>

namespace headroom {

inline constexpr float kModelIndent = 36;  // design pixels, before the texts of a row

// Row `index` of the list of all models: the model, what the five sizes need, and what is missing
// with the command that downloads it. True when it was chosen.
[[nodiscard]] bool draw_model_row(const Ui& ui, const ModelOffer& offer, std::size_t index,
                                  bool is_chosen, float width);

}  // namespace headroom
