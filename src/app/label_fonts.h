#pragma once
#include "headroom/image/lettering.h"

#include <memory>
#include <vector>

namespace headroom {

// Letters for labels in pictures, of fonts that are installed: the window's own where they are
// there, else other usual ones; Latin first, then Chinese. Without any font all letters are
// missing.
[[nodiscard]] std::unique_ptr<const Lettering> label_letters();

}  // namespace headroom
