#pragma once
#include "headroom/config/app_config.h"

namespace headroom {

// Sets up spdlog's default logger: the terminal (stderr) and a rotating file, 3 x 1 MiB. If the
// log file cannot be written, that is reported on the terminal once and otherwise ignored, since
// no picture should fail for it. `quiet`: the terminal shows only warnings and errors.
void start_logging(const LogOptions& options, bool quiet);

}  // namespace headroom
