#pragma once
#include "headroom/gui_toolkit/ui.h"

#include <optional>

namespace headroom {

// The parts of the window between which the keyboard focus moves.
enum class Region { kMake, kCanvas, kDetails, kTop };

// The region with the keyboard focus; nothing before the keyboard was used.
[[nodiscard]] std::optional<Region> region_of_keyboard();
// Moves the focus to the next visible region, or to the previous one.
void go_to_next_region(const Ui& ui, bool back);
// Draws a frame around the region that the keyboard was moved to, until the mouse is used.
void draw_region_frame(const Ui& ui);

}  // namespace headroom
