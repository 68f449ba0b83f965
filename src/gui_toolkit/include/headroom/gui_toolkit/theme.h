#pragma once
#include <imgui.h>

namespace headroom {

// Dear ImGui's font sizes are line heights (ascender to descender); this design's are em sizes, as
// in typography. Inter's line is this much higher than its em.
inline constexpr float kLineOfEm = 1.21F;

// The colours of a theme, named by purpose. Text has a contrast of 4.5:1 to its background,
// outlines and marks 3:1, and hovering changes a colour by 1.4 (WCAG 2.1's contrast ratio). A test
// computes this from these values.
struct Palette {
  ImU32 panel, canvas, well, line;         // surfaces, from the side panels to the deepest
  ImU32 field, field_hover, field_active;  // things to click
  ImU32 input, card, card_hover;           // things to type into, and sizes to choose from
  ImU32 edge;                              // outline of all these: 3:1 to both sides
  ImU32 plate;                             // background of things that lie on the canvas
  ImU32 popup, border;
  ImU32 text, text_dim, text_faint;
  ImU32 accent, accent_hover, accent_active, on_accent, accent_soft;  // the one primary action
  ImU32 ring;           // accent for lines and letters, such as around a selection
  ImU32 ok, warn, bad;  // states of memory, and problems
  ImU32 weights, working, others, hatch;  // parts of the gauge
};

[[nodiscard]] const Palette& palette(bool dark);

// `color` with its opacity multiplied by `alpha` (0..1).
[[nodiscard]] ImU32 faded(ImU32 color, float alpha);

// Sets Dear ImGui's style: colours of the theme, sizes of this design at `scale`.
void apply_theme(const Palette& colors, bool dark, float scale);

}  // namespace headroom
