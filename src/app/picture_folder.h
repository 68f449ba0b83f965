#pragma once
#include "cli/command_line.h"
#include "cli/signals.h"
#include "composition.h"

namespace headroom {

// Whether --init-image names a folder.
[[nodiscard]] bool starts_from_folder(const CommandLine& line);

// Makes a picture from each PNG and JPEG in it by `request`, into the folder after -o under the
// same names. Those that are there already are left out, so that a call that was cut short goes on
// when it is repeated. One that fails is named, and the others go on. Returns the exit code, the
// first failure's; throws Error for what is wrong with all.
[[nodiscard]] int run_picture_folder(const CommandLine& line, const Composition& app,
                                     const GenerationRequest& request,
                                     const BlockedSignals& signals);

}  // namespace headroom
