#pragma once
#include "headroom/core/message.h"

#include <string_view>

namespace headroom {

// What a file turns out to be that should hold something else, by its first bytes (256 are enough):
// a sentence's end with the way out, such as "is a git-lfs pointer, not the file itself; run
// \"git lfs pull\" in the model's folder". Empty when nothing is known against it.
[[nodiscard]] Message wrong_file(std::string_view start);

}  // namespace headroom
