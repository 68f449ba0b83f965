#pragma once
#include "headroom/engine/generation_queue.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace headroom {

// Pictures that were made of others by finishing them stand behind those.

// Where the picture is that the one at `index` was made of; nothing: it was made of none, or of one
// that is not here.
[[nodiscard]] std::optional<std::size_t> origin_of(const std::vector<FinishedPicture>& pictures,
                                                   std::size_t index);

// Where a new picture goes: behind its origin and what else was made of that; else to the end.
[[nodiscard]] std::size_t place_for(const FinishedPicture& picture,
                                    const std::vector<FinishedPicture>& pictures);

// Whether the picture at `index` stands with the one before it: both were made of the same one, or
// that is its origin.
[[nodiscard]] bool stands_behind(const std::vector<FinishedPicture>& pictures, std::size_t index);

}  // namespace headroom
