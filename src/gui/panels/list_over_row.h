#pragma once
#include "headroom/gui_toolkit/ui.h"

#include <string>

#include <imgui.h>

namespace headroom {

// A list above the row of actions, from which a run is started. True while it is open, to be drawn
// then; what it returned goes to end_list_over_row().
[[nodiscard]] bool begin_list_over_row(const Ui& ui, const char* id, ImVec2 at);
void end_list_over_row(bool open);

// "1024×1024   2×        3.9 GB · 19 s" as a choice; returns a click.
struct ListRow {
  std::string name;  // for tests; also its identity
  std::string label;
  std::string detail{};  // quiet, in a column of its own
  std::string price{};
  std::string tip{};
  bool chosen = false;
  bool fits = true;  // else it is drawn as what cannot be
};
bool draw_list_row(const Ui& ui, const ListRow& row);

// What a run needs and takes, or what is missing for it; null: that is being worked out.
[[nodiscard]] std::string price_in_list(const Ui& ui, const Forecast* forecast);

// The button that starts it, and above it why it cannot be pressed. `list`.start by its name, and
// `list`.reason. Returns a press.
bool draw_list_start(const Ui& ui, const std::string& list, const std::string& label,
                     const std::string& tip, const std::string& why);

}  // namespace headroom
