#pragma once
#include "headroom/config/app_config.h"

namespace headroom {

// Sets up spdlog's default logger: the terminal (stderr) and a rotating file, 3 x 1 MiB. A log file
// that cannot be written is reported on the terminal and otherwise ignored: no picture fails for
// it. `quiet`: the terminal shows warnings and errors alone.
void start_logging(const LogOptions& options, bool quiet);

}  // namespace headroom
