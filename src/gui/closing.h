#pragma once
#include "headroom/gui_state/ui_state.h"
#include "headroom/gui_state/window_services.h"
#include "headroom/gui_toolkit/graphics.h"

#include <functional>

namespace headroom {

// Decides whether the window closes, and asks first if something would be lost. Called each frame.
// `keep` saves the session as far as possible.
void follow_close(Graphics& graphics, const WindowServices& services, UiState& state,
                  const std::function<void()>& keep);

// For ends at which the user is not asked, a restart and SIGTERM: pictures that could not be saved
// are offered at the next start if what was kept of them is on the disk. Others are saved wherever
// possible, and the next start tells where.
void rescue_pictures(const WindowServices& services, UiState& state);

// At the end: pictures of earlier runs that were given up are not offered again.
void drop_given_up(UiState& state);

}  // namespace headroom
