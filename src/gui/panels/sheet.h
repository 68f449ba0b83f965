#pragma once
#include "headroom/gui_toolkit/ui.h"

#include <string>

namespace headroom {

// A list that covers `area` until Esc or a click beside it. Returns true while `which` is open;
// draw it then, and call end_sheet().
[[nodiscard]] bool begin_sheet(const Ui& ui, UiState::Sheet which, const Rect& area);
void end_sheet(const Ui& ui);
void close_sheet(const Ui& ui);  // call it while drawing the sheet

// Whether the mouse is on the window that is being drawn or on its children.
[[nodiscard]] bool is_pointed_at();

inline constexpr float kSheetSide = 20;  // distance of the content from the edge, design pixels

// A field for words that rows must contain; it has the keyboard at first.
void draw_sheet_filter(const Ui& ui, const std::string& name);
// Whether there is a filter: with many rows. It does not appear while the rows are held.
[[nodiscard]] bool has_filter(const Ui& ui, std::size_t rows);

// A row of such a list at the cursor, `height` screen pixels high: draws its background and
// returns whether it was chosen. A disabled row can only be read.
struct SheetRow {
  std::string name;
  std::string tip{};
  bool can_be_chosen = true;
  bool is_chosen = false;
};
[[nodiscard]] bool draw_sheet_row(const Ui& ui, const SheetRow& row, float width, float height);

}  // namespace headroom
