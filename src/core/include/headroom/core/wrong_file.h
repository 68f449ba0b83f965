#pragma once
#include "headroom/core/message.h"

#include <string_view>

namespace headroom {

// Whether a file of safetensors can begin so: the length of its header in 8 bytes, which may look
// like the start of anything and of which no header needs the last two, and the header, JSON.
[[nodiscard]] bool starts_as_safetensors(std::string_view start);

// What a file really is that should hold something else, judged by its first bytes (256 are
// enough): the end of a sentence, with the way out, such as "is a git-lfs pointer, not the file
// itself; run \"git lfs pull\" in the model's folder". Empty when the bytes show nothing wrong.
[[nodiscard]] Message wrong_file(std::string_view start);

}  // namespace headroom
