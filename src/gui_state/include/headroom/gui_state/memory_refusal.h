#pragma once
#include "headroom/config/string_table.h"
#include "headroom/core/memory_snapshot.h"
#include "headroom/memory/budget.h"
#include "headroom/memory/forecaster.h"

#include <string>
#include <vector>

namespace headroom {

// Everything said of one need has one unit: MB if the device is smaller than a GB, or if the need,
// what is left for it or what is missing is below 0.1 GB; else GB with two decimals.

// Why `need_bytes` do not fit into `budget`, as a sum whose displayed figures add up: "Needs 19
// MB. 90 MB on the card − 0 others − 82 kept free = 8 MB left." If more is taken and kept free
// than the device has, the sum also gives the missing amount, which is then more than the need.
[[nodiscard]] std::string refusal_sum(std::int64_t need_bytes, const Budget& budget,
                                      const StringTable& text);

// The missing amount, in figures that match the sum: need minus what is left.
[[nodiscard]] std::string missing_text(std::int64_t need_bytes, std::int64_t shortfall_bytes,
                                       const Budget& budget);

// The need beside it, in the same figures; one that fits as format_bytes() writes it.
[[nodiscard]] std::string need_text(std::int64_t need_bytes, const Budget& budget);

// What a run may use, so that a need minus this is what is missing: "1.80 GB".
[[nodiscard]] std::string available_text(const Budget& budget);

// What to do about the deciding term: "Close blender (300 MB)." `others`: largest first.
[[nodiscard]] std::string refusal_cure(std::int64_t need_bytes, const Budget& budget,
                                       const std::vector<OtherProgram>& others,
                                       const StringTable& text);

// The whole text for a forecast that does not fit, in the window's language.
[[nodiscard]] std::string refusal_text(const Forecast& forecast,
                                       const std::vector<OtherProgram>& others,
                                       const StringTable& text);

}  // namespace headroom
