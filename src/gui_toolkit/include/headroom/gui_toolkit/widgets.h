#pragma once
#include "headroom/core/typed_settings.h"
#include "headroom/gui_toolkit/ui.h"

#include <string>
#include <string_view>

#include <imgui.h>

namespace headroom {

// The building blocks of the panels. Sizes are in design pixels unless they say otherwise.

// The four sizes of text.
inline constexpr float kSmallSize = 12.0F;
inline constexpr float kTextSize = 13.0F;
inline constexpr float kTitleSize = 15.0F;
inline constexpr float kFigureSize = 18.0F;

struct TextStyle {
  ImU32 color = 0;
  float size = kTextSize;
  bool bold = false;
};

[[nodiscard]] float text_width(const Ui& ui, const std::string& text, const TextStyle& style);
// Lines that paragraph() needs in `width` screen pixels.
[[nodiscard]] int text_lines(const Ui& ui, const std::string& text, const TextStyle& style,
                             float width);
// The next field gets the keyboard when it was asked for by this name (UiState::focus).
void take_focus(const Ui& ui, const char* name);
// Wrapped where the next line would begin, in the font that is set.
void text_line(const Ui& ui, const std::string& text);
void draw_text(const Ui& ui, ImVec2 at, const std::string& text, const TextStyle& style);
// With the right edge at `right`; returns the left edge.
float draw_text_right(const Ui& ui, float right, float y, const std::string& text,
                      const TextStyle& style);
// `text` cut with an ellipsis so that it is at most `width` screen pixels wide.
[[nodiscard]] std::string fit_text(const Ui& ui, const std::string& text, const TextStyle& style,
                                   float width);
// Wrapped at the end of the region, or at `width` screen pixels, as an item, so that the layout
// makes room for it.
void paragraph(const Ui& ui, const std::string& text, const TextStyle& style, float width = 0);

// What it takes of the screen, in screen pixels.
[[nodiscard]] ImVec2 paragraph_size(const Ui& ui, const std::string& text, const TextStyle& style,
                                    float width);

// A section's name in small capitals, and something quiet at the right end of its row.
void section(const Ui& ui, const std::string& label, const std::string& right = {},
             ImU32 right_color = 0);

// Remembers the last item's rectangle under `name` for tests.
void name_item(const Ui& ui, const std::string& name, bool enabled = true);
// What tips never lie on, from the next frame on, where that can be; what is no work gives way
// first.
void keep_clear(const Ui& ui, const Rect& rect, bool work = true);
// Explains the last item when the mouse rests on it, also when it is disabled, or when the keyboard
// has been there for a while or F1 is held. The first line comes first; nothing comes after a click
// or while it is typed into.
void tooltip(const Ui& ui, const std::string& text);

// For a tooltip that is more than a text: draw it if begin_tip() returns true, then call end_tip().
[[nodiscard]] bool begin_tip(const Ui& ui);
void end_tip(const Ui& ui);

// The mouse pointer becomes a hand over the last item.
void offer_hand();
// The edge of the field that was drawn last: brighter under the mouse, thick while it is typed
// into.
void outline(const Ui& ui, bool trouble = false, float rounding = 6);
void outline(const Ui& ui, ImDrawList& list, bool trouble, float rounding);

enum class ButtonKind { kPlain, kAccent, kQuiet };
struct ButtonOptions {
  std::string name{};  // for tests; also its identity
  std::string label{};
  std::string tip{};
  std::string disabled{};  // why it cannot be pressed; empty = it can
  ButtonKind kind = ButtonKind::kPlain;
  ImVec2 size{0, 0};  // screen pixels; 0 = as large as the label
  bool bold = false;
  float text_size = kTextSize;
};
bool button(const Ui& ui, const ButtonOptions& options);

// A row "label ——o—— value": drag the track, or type the number.
struct SliderOptions {
  std::string name;
  std::string label;
  std::string tip;
  double low = 0, high = 1, step = 1;    // of the track
  double typed_low = 0, typed_high = 1;  // of the number
  NumberOf of = NumberOf::kAnything;
  bool trouble = false;  // drawn in the colour of trouble
  float label_px = 84;   // of the row, design pixels
  float number_px = 56;  // likewise; 0 = without the number
};
bool slider(const Ui& ui, const SliderOptions& options, double& value);

// "name ......... value" as a row of the current column; a click copies the value. `key` is the
// name's, of the string table; empty: a further line of the row before, the value `index`.
struct ValueOptions {
  ImU32 color = 0;
  std::string tip{};
  int index = 0;
};
void value_row(const Ui& ui, const std::string& key, const std::string& value,
               const ValueOptions& options = {});
// Copies `value` when the last item was clicked, and offers that.
void copy_on_click(const Ui& ui, const std::string& name, const std::string& value);
[[nodiscard]] bool was_copied(const Ui& ui, const std::string& name);  // just now

// A filled box with 45° stripes, for memory that is not ours.
void draw_hatched(ImDrawList& list, ImVec2 low, ImVec2 high, ImU32 fill, ImU32 stripe, float gap);

// Makes the layout continue below `height` screen pixels of things that were placed by hand from
// `at` on.
void take_room(ImVec2 at, float height);

[[nodiscard]] Rect item_rect();
[[nodiscard]] ImU32 state_color(const Ui& ui, CardState state);

// A panel without decoration at a fixed place (screen pixels); a drawer lies `over` the others. End
// with ImGui::End().
void begin_panel(const Ui& ui, const char* id, const Rect& area, ImU32 background, ImVec2 padding,
                 ImGuiWindowFlags flags = 0, bool over = false);

}  // namespace headroom
