#pragma once
#include "headroom/engine/generation_queue.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace headroom {

// A finished picture stands after the picture that it was made from.

// Index of the picture from which the one at `index` was made; nothing if there is none, or it is
// not in the list.
[[nodiscard]] std::optional<std::size_t> origin_of(const std::vector<FinishedPicture>& pictures,
                                                   std::size_t index);

// Index for a new picture: after its origin and other pictures made from that; otherwise at the
// end.
[[nodiscard]] std::size_t place_for(const FinishedPicture& picture,
                                    const std::vector<FinishedPicture>& pictures);

// Whether the picture at `index` belongs to the one before it: that is its origin, or both have
// the same origin.
[[nodiscard]] bool stands_behind(const std::vector<FinishedPicture>& pictures, std::size_t index);

}  // namespace headroom
