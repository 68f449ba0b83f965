#pragma once
#include <optional>
#include <string>

namespace headroom {

// How much larger a person wants the user interface than the screen's scale makes it: one of a few
// steps around 1, the usual size. Kept as text, "1.25".

// The step after `now`, or with `larger` false the one before; nothing at the ends.
[[nodiscard]] std::optional<double> next_zoom(double now, bool larger);
[[nodiscard]] std::string zoom_text(double zoom);
// 1 for what is no step.
[[nodiscard]] double read_zoom(const std::string& text);

}  // namespace headroom
