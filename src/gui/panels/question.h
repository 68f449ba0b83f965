#pragma once
#include "headroom/gui_toolkit/ui.h"

namespace headroom {

inline constexpr float kQuestionWidth = 440;  // design pixels

// A question in the middle of the window, above everything else. Opens `id`; returns true while it
// is open. Draw it then, and pass the result to end_question().
[[nodiscard]] bool begin_question(const Ui& ui, const char* id);
void end_question(bool open);

// Whether Esc was pressed to dismiss the question, and not to leave a field.
[[nodiscard]] bool escape_pressed(const Ui& ui);

}  // namespace headroom
