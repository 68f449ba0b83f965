#pragma once
#include "headroom/gui_toolkit/ui.h"

namespace headroom {

// The fields that prompts are typed into. A text with settings that is pasted into one of them is
// offered, too. Undo and redo in the prompt's field take back first what was typed, and then what
// replaced the prompt as a whole.
void draw_prompt_field(const Ui& ui);
void draw_negative_field(const Ui& ui);

}  // namespace headroom
