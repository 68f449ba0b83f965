#pragma once
#include "headroom/cli/command_line.h"
#include "headroom/cli/signals.h"

#include "generation_context.h"

namespace headroom {

// Whether --init-image names a folder.
[[nodiscard]] bool starts_from_folder(const CommandLine& line);

// Makes a picture from each PNG and JPEG in that folder by `request`, with the same name in the
// folder of -o. Those that it made before are left out, so that repeating an interrupted call
// continues it. A picture that fails is reported, and the others continue. Returns the exit code,
// that of the first failure; throws Error for a fault that affects all pictures.
[[nodiscard]] int run_init_folder(const CommandLine& line, const GenerationContext& app,
                                  const GenerationRequest& request, const BlockedSignals& signals);

}  // namespace headroom
