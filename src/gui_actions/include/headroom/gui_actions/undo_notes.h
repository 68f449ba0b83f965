#pragma once
#include "headroom/core/message.h"
#include "headroom/gui_state/ui_state.h"

#include <cstdint>
#include <functional>

namespace headroom {

// Shows `note` with a button that undoes `step`, as long as that is the last one.
void note_undo(UiState& state, const Message& note, std::uint64_t step);

// Lets `change` replace prompt and settings as one undo step. If written text is no longer on the
// screen, a note offers to undo it. The old prompt goes into the history.
void replace_settings(UiState& state, const Message& note, const std::function<void()>& change);

}  // namespace headroom
