#pragma once
#include "headroom/gui_toolkit/ui.h"

namespace headroom {

// Does what the keys of this frame ask for. Before the panels are drawn.
void handle_shortcuts(const Ui& ui);

}  // namespace headroom
