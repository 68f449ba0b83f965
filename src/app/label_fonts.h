#pragma once
#include "headroom/image/lettering.h"

#include <memory>
#include <vector>

namespace headroom {

// Letters for labels in pictures, from installed fonts: the window's fonts if they are installed,
// else other usual ones; Latin first, then Chinese. Without any font all letters count as missing.
[[nodiscard]] std::unique_ptr<const Lettering> label_letters();

}  // namespace headroom
