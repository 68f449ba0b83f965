#pragma once
#include "headroom/core/message.h"

#include "cli/command_line.h"

#include <vector>

namespace headroom {

// Reads the files after --init-image and --mask and puts them into `request`, fitted to its size;
// where no size was typed, that is the picture's own, cut to multiples of the model's unit. Without
// such files nothing is done. Returns what was done to the pictures, a sentence each. Throws
// Error{kIo} when a file cannot be read, Error{kInvalidRequest} when it will not do.
[[nodiscard]] std::vector<Message> add_init_image(const CommandLine& line, const ModelInfo& model,
                                                  GenerationRequest& request);

}  // namespace headroom
