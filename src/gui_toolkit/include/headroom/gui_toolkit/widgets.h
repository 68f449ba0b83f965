#pragma once
#include "headroom/core/typed_settings.h"
#include "headroom/gui_toolkit/ui.h"

#include <string>
#include <string_view>

#include <imgui.h>

namespace headroom {

// The building blocks of panels. Sizes are in design pixels unless a comment says otherwise.

// The sizes of most texts.
inline constexpr float kSmallSize = 12.0F;
inline constexpr float kTextSize = 13.0F;
inline constexpr float kTitleSize = 15.0F;

struct TextStyle {
  ImU32 color = 0;
  float size = kTextSize;
  bool bold = false;
};

// Width of one line of text, in screen pixels.
[[nodiscard]] float text_width(const Ui& ui, const std::string& text, const TextStyle& style);
// How many lines paragraph() needs in `width` screen pixels.
[[nodiscard]] int text_lines(const Ui& ui, const std::string& text, const TextStyle& style,
                             float width);
// Gives the next field the keyboard if it was asked for by this name (UiState::focus).
void take_focus(const Ui& ui, const char* name);
// Draws text in the present font, wrapped at the end of the region.
void text_line(const Ui& ui, const std::string& text);
void draw_text(const Ui& ui, ImVec2 at, const std::string& text, const TextStyle& style);
// Draws text with its right edge at `right`; returns its left edge.
float draw_text_right(const Ui& ui, float right, float y, const std::string& text,
                      const TextStyle& style);
// `text`, cut with an ellipsis to at most `width` screen pixels.
[[nodiscard]] std::string fit_text(const Ui& ui, const std::string& text, const TextStyle& style,
                                   float width);
// Draws wrapped text as an item, so that the layout makes room for it. `width` in screen pixels; 0
// = to the end of the region.
void paragraph(const Ui& ui, const std::string& text, const TextStyle& style, float width = 0);

// Draws as many lines as fit into `height`, at least one; false when that is not all of them.
bool paragraph_within(const Ui& ui, const std::string& text, const TextStyle& style, float width,
                      float height);

// The size of such a paragraph, in screen pixels.
[[nodiscard]] ImVec2 paragraph_size(const Ui& ui, const std::string& text, const TextStyle& style,
                                    float width);

// A section's name in small capitals, and secondary text at the right end of its row.
void section(const Ui& ui, const std::string& label, const std::string& right = {},
             ImU32 right_color = 0);

// Records the last item's rectangle under `name`, for tests.
void name_item(const Ui& ui, const std::string& name, bool enabled = true);
// From the next frame on, tooltips avoid this rectangle if possible. `work`: more important than
// rectangles that are not.
void keep_clear(const Ui& ui, const Rect& rect, bool work = true);
// Explains the last item when the mouse rests on it, even when it is disabled, or when it has had
// the keyboard focus for a while or F1 is held. The first line is shown first. Nothing is shown
// after a click or while the item is edited.
void tooltip(const Ui& ui, const std::string& text);

// For a tooltip with more than text: if begin_tip() returns true, draw it and call end_tip().
[[nodiscard]] bool begin_tip(const Ui& ui);
void end_tip(const Ui& ui);

// Shows a hand as mouse pointer over the last item.
void offer_hand();
// Draws the edge of the last field: brighter under the mouse, thick while it is edited.
void outline(const Ui& ui, bool trouble = false, float rounding = 6);
void outline(const Ui& ui, ImDrawList& list, bool trouble, float rounding);

enum class ButtonKind { kPlain, kAccent, kQuiet };
struct ButtonOptions {
  std::string name{};  // for tests, and as the widget's id
  std::string label{};
  std::string tip{};
  std::string disabled{};  // why it is disabled; empty = enabled
  ButtonKind kind = ButtonKind::kPlain;
  ImVec2 size{0, 0};  // screen pixels; 0 = as large as the label
  bool bold = false;
  float text_size = kTextSize;
};
// Draws a button as the next item; returns whether it was pressed.
bool button(const Ui& ui, const ButtonOptions& options);
// Whether the press of this frame is the second half of a double click, without Shift: what begins
// a run or puts something away does that once.
[[nodiscard]] bool is_second_click();

// A row "label ——o—— value": drag the track, or type the number.
struct SliderOptions {
  std::string name;
  std::string label;
  std::string tip;
  double low = 0, high = 1, step = 1;    // limits of the track
  double typed_low = 0, typed_high = 1;  // limits of the typed number
  NumberOf of = NumberOf::kAnything;
  bool trouble = false;  // drawn in the colour for problems
  float label_px = 84;   // width of the label, design pixels
  float number_px = 56;  // width of the number, likewise; 0 = no number
};
// Draws the row; returns whether `value` was changed.
bool slider(const Ui& ui, const SliderOptions& options, double& value);

// A row "name ......... value" in the present column; a click copies the value. `key` is the
// name's key in the string table; empty: a further line of the previous row, with the value
// `index`.
struct ValueOptions {
  ImU32 color = 0;
  std::string tip{};
  int index = 0;
};
void value_row(const Ui& ui, const std::string& key, const std::string& value,
               const ValueOptions& options = {});
// Copies `value` when the last item is clicked, and shows that this is possible.
void copy_on_click(const Ui& ui, const std::string& name, const std::string& value);
[[nodiscard]] bool was_copied(const Ui& ui, const std::string& name);  // a moment ago

// A filled box with 45° stripes, for memory of other programs.
void draw_hatched(ImDrawList& list, ImVec2 low, ImVec2 high, ImU32 fill, ImU32 stripe, float gap);

// Continues the layout below things that were placed by hand, `height` screen pixels from `at` on.
void take_room(ImVec2 at, float height);

// The last item's rectangle, in screen pixels.
[[nodiscard]] Rect item_rect();
[[nodiscard]] ImU32 state_color(const Ui& ui, CardState state);

// Begins a panel without decoration in a fixed place (screen pixels); `over`: a drawer above other
// panels. End it with ImGui::End().
void begin_panel(const Ui& ui, const char* id, const Rect& area, ImU32 background, ImVec2 padding,
                 ImGuiWindowFlags flags = 0, bool over = false);

}  // namespace headroom
