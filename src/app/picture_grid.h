#pragma once
#include "headroom/cli/command_line.h"
#include "headroom/cli/signals.h"

namespace headroom {

[[nodiscard]] bool asks_for_grid(const CommandLine& line);

// Makes a picture for each pair of values of --grid-x and --grid-y, as xCOLUMN_yROW.png in the
// folder of -o, and a sheet of them with labels. Existing pictures with the same settings are left
// out, so that repeating an interrupted call continues it; the sheet shows the pictures that
// exist. Nothing is made if any cell is wrong or does not fit. Returns the exit code, that of the
// first failure; throws Error for a fault that affects all cells.
[[nodiscard]] int run_picture_grid(const CommandLine& line, const BlockedSignals& signals);

}  // namespace headroom
