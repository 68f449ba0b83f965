#pragma once
#include "headroom/gui_toolkit/ui.h"

namespace headroom {

// Handles the shortcuts of this frame. Call before drawing the panels.
void handle_shortcuts(const Ui& ui);

}  // namespace headroom
