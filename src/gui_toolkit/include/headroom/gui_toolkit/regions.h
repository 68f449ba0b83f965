#pragma once
#include "headroom/gui_toolkit/ui.h"

#include <optional>

namespace headroom {

// The parts of the window that the keyboard goes to in turn.
enum class Region { kMake, kCanvas, kDetails, kTop };

// Where the keyboard is; nothing before it was used.
[[nodiscard]] std::optional<Region> region_of_keyboard();
// Takes the keyboard to the next region that is shown, or back to the one before.
void go_to_next_region(const Ui& ui, bool back);
// A frame around the region that the keyboard was taken to, until the mouse is used.
void draw_region_frame(const Ui& ui);

}  // namespace headroom
