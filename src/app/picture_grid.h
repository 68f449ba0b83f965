#pragma once
#include "cli/command_line.h"
#include "cli/signals.h"

namespace headroom {

[[nodiscard]] bool asks_for_grid(const CommandLine& line);

// Makes a picture for each pair of values of --grid-x and --grid-y, as xCOLUMN_yROW.png in the
// folder after -o, and a sheet of them with labels. What is there already of the same settings is
// left out, so that a call that was cut short goes on when it is repeated; the sheet then shows
// what there is. Nothing is made when a cell is wrong or does not fit. Returns the exit code, the
// first failure's; throws Error for what is wrong with all.
[[nodiscard]] int run_picture_grid(const CommandLine& line, const BlockedSignals& signals);

}  // namespace headroom
