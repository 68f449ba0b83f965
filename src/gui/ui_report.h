#pragma once
#include "ui_state.h"

#include <string>

namespace headroom {

struct Frame;

// The "state" object of the dump that gui/window.h describes.
[[nodiscard]] std::string state_json(const UiState& state, const Frame& frame);

}  // namespace headroom
