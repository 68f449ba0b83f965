#pragma once
#include "headroom/core/generation.h"
#include "headroom/records/read_settings.h"

#include <string>

namespace headroom {

// The content of a picture's `headroom` entry: {"request", "plan", "receipt"}, the picture's own
// seed, and {"loras"} if there are any. One readable line.
[[nodiscard]] std::string headroom_entry(const GenerationRequest& request,
                                         const GeneratedImage& picture);

// Reads this program's own entry. It has only the file name and hash of a start picture and a
// mask, so "init_image", "strength" and "mask" are listed as unknown, and are in `start`. Unknown
// keys inside the request are listed as "request.KEY". Plan and loras are not read, since the
// prompt has the LoRAs' tags; of the run record only the model's name is. Throws
// Error{kInvalidRequest} naming the key when the text is malformed or a value is out of range.
[[nodiscard]] ReadSettings parse_headroom_entry(const std::string& text);

}  // namespace headroom
