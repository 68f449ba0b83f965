#pragma once
#include "headroom/gui_toolkit/ui.h"

namespace headroom {

inline constexpr float kQuestionWidth = 440;  // design pixels

// A question in the middle of the window, over everything else. Opens `id`; true while it is open,
// to be drawn then. What it returned goes to end_question().
[[nodiscard]] bool begin_question(const Ui& ui, const char* id);
void end_question(bool open);

// Esc answers it, unless that left a field.
[[nodiscard]] bool escape_pressed(const Ui& ui);

}  // namespace headroom
