#pragma once
#include "headroom/config/string_table.h"
#include "headroom/gui_state/ui_state.h"

#include <string>

namespace headroom {

struct Frame;

// The "state" object of the dump that gui/window.h describes.
[[nodiscard]] std::string state_json(const UiState& state, const Frame& frame,
                                     const StringTable& text);

}  // namespace headroom
