#pragma once
#include "headroom/gui_toolkit/ui.h"
#include "headroom/gui_toolkit/widgets.h"

namespace headroom {

// The field for another folder for unsaved pictures, with its button, in a question.
void draw_save_folder(const Ui& ui, ButtonKind kind);
// Fills the empty field when the question appears.
void suggest_save_folder(const Ui& ui);

}  // namespace headroom
