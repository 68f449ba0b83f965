#pragma once
#include "headroom/cli/command_line.h"
#include "headroom/core/message.h"

#include <vector>

namespace headroom {

// Reads the files of --init-image and --mask and puts them into `request`, fitted to its size. If
// no size was typed, that is the picture's own, rounded down to the model's unit. Does nothing
// without such files. Returns what was done to the pictures, one sentence each. Throws Error{kIo}
// when a file cannot be read, Error{kInvalidRequest} when it cannot be used.
[[nodiscard]] std::vector<Message> read_init_image(const CommandLine& line, const ModelInfo& model,
                                                   GenerationRequest& request);

}  // namespace headroom
