#pragma once
#include "headroom/gui_state/ui_state.h"
#include "headroom/gui_state/window_services.h"
#include "headroom/gui_toolkit/graphics.h"

#include <functional>

namespace headroom {

// Decides whether the window closes, asking first while something would be lost. Each frame.
// `keep` keeps the session, as far as that can be done.
void follow_close(Graphics& graphics, const WindowServices& services, UiState& state,
                  const std::function<void()>& keep);

// Pictures that could not be saved are put where they can: before an end that asks nobody about
// them, which a new start and SIGTERM are.
void rescue_pictures(const WindowServices& services, const UiState& state);

}  // namespace headroom
