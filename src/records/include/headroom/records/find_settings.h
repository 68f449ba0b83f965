#pragma once
#include "headroom/image/picture_text.h"
#include "headroom/records/read_settings.h"

#include <optional>
#include <vector>

namespace headroom {

// The settings of the picture with these texts: from this program's own entry, else from the last
// entry that a known program has written, else from all entries when each is one setting. Nothing
// when none can be read. Prompts are without control characters, see drop_controls().
[[nodiscard]] std::optional<ReadSettings> find_settings(const std::vector<PictureText>& texts);

}  // namespace headroom
