#pragma once
#include <imgui.h>

namespace headroom {

// Dear ImGui's font sizes are heights of a line (ascender to descender); this design's are the em
// squares that typographers mean. Inter's line is this much higher than its em.
inline constexpr float kLineOfEm = 1.21F;

// The colours of a theme, by what they are for.
struct Palette {
  ImU32 panel, canvas, well, line;         // surfaces, from the side panels to the deepest
  ImU32 field, field_hover, field_active;  // things to type into and to press
  ImU32 plate;                             // what lies on the canvas's surroundings
  ImU32 popup, border;
  ImU32 text, text_dim, text_faint;
  ImU32 accent, accent_hover, accent_active, on_accent, accent_soft;
  ImU32 ok, warn, bad;                    // the one language for memory and trouble
  ImU32 weights, working, others, hatch;  // parts of the gauge
};

[[nodiscard]] const Palette& palette(bool dark);

// `color` with its opacity multiplied by `alpha` (0..1).
[[nodiscard]] ImU32 faded(ImU32 color, float alpha);

// Sets Dear ImGui's style: colours of the theme, sizes of this design at `scale`.
void apply_theme(const Palette& colors, bool dark, float scale);

}  // namespace headroom
