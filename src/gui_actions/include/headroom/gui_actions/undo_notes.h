#pragma once
#include "headroom/core/message.h"
#include "headroom/gui_state/ui_state.h"

#include <cstdint>
#include <functional>

namespace headroom {

// Says `note` with a button that takes `step` back, as long as it is the last one.
void note_undo(UiState& state, const Message& note, std::uint64_t step);

// Replaces prompt and settings by `change` as one step, with a note that takes it back where
// something that was written is no longer on the screen. The prompt before goes into the history.
void replace_settings(UiState& state, const Message& note, const std::function<void()>& change);

}  // namespace headroom
