#pragma once
#include "headroom/gui/window_services.h"

#include "platform/graphics.h"
#include "state/ui_state.h"

namespace headroom {

// Decides whether the window closes, asking first while something would be lost. Each frame.
void follow_close(Graphics& graphics, const WindowServices& services, UiState& state);

}  // namespace headroom
