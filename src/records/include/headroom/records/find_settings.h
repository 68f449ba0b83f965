#pragma once
#include "headroom/image/png_writer.h"
#include "headroom/records/read_settings.h"

#include <optional>
#include <vector>

namespace headroom {

// How the picture with these texts was made: by this program's own entry, else by the last entry
// that a known program writes, else by all of them when each is one setting. Nothing when none can
// be read.
[[nodiscard]] std::optional<ReadSettings> find_settings(const std::vector<PngText>& texts);

}  // namespace headroom
