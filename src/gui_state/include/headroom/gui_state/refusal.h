#pragma once
#include "headroom/config/string_table.h"
#include "headroom/core/memory_snapshot.h"
#include "headroom/memory/budget.h"
#include "headroom/memory/forecast.h"

#include <string>
#include <vector>

namespace headroom {

// Why `need_bytes` do not fit into `budget`, as a sum that adds up in the figures that are shown:
// "Needs 19 MB. 90 MB on the card − 0 others − 82 kept free = 8 MB left." Where more is taken and
// kept free than there is, it also says what is missing: more than what is needed.
[[nodiscard]] std::string refusal_sum(std::int64_t need_bytes, const Budget& budget,
                                      const StringTable& text);

// What is missing, in figures that add up with those of the sum: need less what is left.
[[nodiscard]] std::string missing_text(std::int64_t need_bytes, std::int64_t shortfall_bytes,
                                       const Budget& budget);

// What to do about the term that decides: "Close blender (300 MB)." `others`: largest first.
[[nodiscard]] std::string refusal_cure(std::int64_t need_bytes, const Budget& budget,
                                       const std::vector<OtherProgram>& others,
                                       const StringTable& text);

// All that is to be said of a forecast that does not fit, in the window's language.
[[nodiscard]] std::string refusal_text(const Forecast& forecast,
                                       const std::vector<OtherProgram>& others,
                                       const StringTable& text);

}  // namespace headroom
