#pragma once
#include "headroom/config/string_table.h"
#include "headroom/gui_state/ui_state.h"
#include "headroom/memory/forecaster.h"

#include <string>
#include <vector>

namespace headroom {

// What is wrong with the draft.
[[nodiscard]] std::vector<RequestProblem> find_problems(const UiState& state, int size_unit);

// Why Generate is disabled: the first problem, or missing memory; empty = enabled. `others`: other
// programs that hold memory, largest first.
[[nodiscard]] std::string why_blocked(const std::vector<RequestProblem>& problems,
                                      const Forecast* forecast,
                                      const std::vector<OtherProgram>& others,
                                      const StringTable& text);

}  // namespace headroom
