#pragma once
#include "headroom/core/size.h"

#include <functional>
#include <optional>

namespace headroom {

// The size to offer when `wanted` does not fit: the largest smaller preset of the same ratio that
// fits, else the largest smaller preset of any ratio that fits, else the largest size of about
// `wanted`'s ratio in multiples of `unit`; nothing when not even one unit fits. `fits` must be
// monotone: it may not refuse a size that is smaller in both sides than one it accepts.
[[nodiscard]] std::optional<Size> suggest_size(Size wanted, int unit,
                                               const std::function<bool(Size)>& fits);

}  // namespace headroom
