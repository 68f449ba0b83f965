#pragma once
#include "headroom/gui_toolkit/ui.h"

#include <string>

namespace headroom {

// A list that covers `area` until Esc or a click beside it. True while `which` is open, to be drawn
// then and ended by end_sheet().
[[nodiscard]] bool begin_sheet(const Ui& ui, UiState::Sheet which, const Rect& area);
void end_sheet(const Ui& ui);
void close_sheet(const Ui& ui);  // within it

inline constexpr float kSheetSide = 20;  // design pixels, between its edge and what is in it

// The words that rows must have, as a field of the next line that has the keyboard at first.
void draw_sheet_filter(const Ui& ui, const std::string& name);
// From so many rows on.
inline constexpr std::size_t kFilterFrom = 9;

// A row of such a list at the cursor, `height` screen pixels high: its ground, and whether it was
// chosen. One that cannot be is only looked at.
struct SheetRow {
  std::string name;
  std::string tip{};
  bool can_be_chosen = true;
  bool is_chosen = false;
};
[[nodiscard]] bool draw_sheet_row(const Ui& ui, const SheetRow& row, float width, float height);

}  // namespace headroom
