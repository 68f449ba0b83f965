#pragma once
#include "headroom/gui_state/ui_state.h"
#include "headroom/gui_state/window_services.h"
#include "headroom/gui_toolkit/graphics.h"

namespace headroom {

// Decides whether the window closes, asking first while something would be lost. Each frame.
void follow_close(Graphics& graphics, const WindowServices& services, UiState& state);

}  // namespace headroom
