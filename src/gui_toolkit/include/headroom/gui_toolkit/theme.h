#pragma once
#include <imgui.h>

namespace headroom {

// Dear ImGui's font sizes are heights of a line (ascender to descender); this design's are the em
// squares that typographers mean. Inter's line is this much higher than its em.
inline constexpr float kLineOfEm = 1.21F;

// The colours of a theme, by what they are for. Text holds 4.5:1 on what it stands on, outlines and
// marks 3:1, and what the mouse is over differs by 1.4 (WCAG 2.1's contrast ratio): a test computes
// it from here.
struct Palette {
  ImU32 panel, canvas, well, line;         // surfaces, from the side panels to the deepest
  ImU32 field, field_hover, field_active;  // things to press
  ImU32 input, card, card_hover;           // things to type into, and sizes to choose from
  ImU32 edge;                              // the outline of all of them: 3:1 against both sides
  ImU32 plate;                             // what lies on the canvas's surroundings
  ImU32 popup, border;
  ImU32 text, text_dim, text_faint;
  ImU32 accent, accent_hover, accent_active, on_accent, accent_soft;  // the one primary action
  ImU32 ring;                             // accent as a line or a letter: around what is selected
  ImU32 ok, warn, bad;                    // the one language for memory and trouble
  ImU32 weights, working, others, hatch;  // parts of the gauge
};

[[nodiscard]] const Palette& palette(bool dark);

// `color` with its opacity multiplied by `alpha` (0..1).
[[nodiscard]] ImU32 faded(ImU32 color, float alpha);

// Sets Dear ImGui's style: colours of the theme, sizes of this design at `scale`.
void apply_theme(const Palette& colors, bool dark, float scale);

}  // namespace headroom
