#pragma once
#include "headroom/core/generation.h"
#include "headroom/records/read_settings.h"

#include <string>

namespace headroom {

// The whole of what belongs into a picture's `headroom` entry: {"request", "plan", "receipt"} plus
// the picture's own seed, and {"loras"} where there are some. Pretty enough to be read, one line.
[[nodiscard]] std::string settings_json(const GenerationRequest& request,
                                        const GeneratedImage& picture);

// This program's own entry. The picture that another one started from is not in it, only its file's
// name and hash, so "init_image", "strength" and "mask" are unknown to a request and stand in
// `start`. Unknown keys inside the request are listed as "request.KEY"; plan and loras are not
// read, and of the run record only the model's name: the prompt has the tags. Throws
// Error{kInvalidRequest} naming the key when the text is malformed or a value is out of range.
[[nodiscard]] ReadSettings parse_settings_json(const std::string& text);

}  // namespace headroom
