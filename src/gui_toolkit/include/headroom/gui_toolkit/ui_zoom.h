#pragma once
#include <optional>
#include <string>

namespace headroom {

// The zoom of the user interface relative to the screen's scale: one of a few steps around 1.
// Stored as text, "1.25".

// The next larger step after `now`, or the next smaller one; nothing at the ends.
[[nodiscard]] std::optional<double> next_zoom(double now, bool larger);
[[nodiscard]] std::string zoom_text(double zoom);
// 1 for a text that is not a step.
[[nodiscard]] double read_zoom(const std::string& text);

}  // namespace headroom
