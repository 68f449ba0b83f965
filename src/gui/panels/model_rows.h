#pragma once
#include "headroom/gui_toolkit/ui.h"

namespace headroom {

inline constexpr float kModelIndent = 36;  // design pixels, before the texts of a row

// A row of the list of all models: the model, what the five sizes need, and what is missing with
// the command that downloads it. True when it was chosen. A held row keeps its height.
[[nodiscard]] bool draw_model_row(const Ui& ui, HeldRows<ModelOffer>::Row& row, bool is_chosen,
                                  float width);

}  // namespace headroom
