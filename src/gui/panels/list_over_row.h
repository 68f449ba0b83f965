#pragma once
#include "headroom/gui_toolkit/ui.h"

#include <string>

#include <imgui.h>

namespace headroom {

// A list above the row of actions, from which a run can be started. Returns true while it is open;
// draw it then, and pass the result to end_list_over_row().
[[nodiscard]] bool begin_list_over_row(const Ui& ui, const char* id, ImVec2 at);
void end_list_over_row(const Ui& ui, bool open);

// A choice "1024×1024   2×        3.9 GB · 19 s"; returns whether it was clicked.
struct ListRow {
  std::string name;  // for tests, and as the widget's id
  std::string label;
  std::string detail{};  // secondary text in a column of its own
  std::string price{};
  std::string tip{};
  bool chosen = false;
  bool fits = true;  // else it is drawn as unavailable
};
bool draw_list_row(const Ui& ui, const ListRow& row);

// What a run needs, or what is missing; null: not known yet.
[[nodiscard]] std::string price_in_list(const Ui& ui, const Forecast* forecast);

// "Of main memory: 556 MB held."; empty where nothing is, or nothing is known yet.
[[nodiscard]] std::string host_in_list(const Ui& ui, const Forecast* forecast);

// The start button, and above it why it is disabled. Their names are `list`.start and
// `list`.reason. Returns a press.
bool draw_list_start(const Ui& ui, const std::string& list, const std::string& label,
                     const std::string& tip, const std::string& why);

}  // namespace headroom
