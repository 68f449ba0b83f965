#pragma once
#include "headroom/engine/generation_queue.h"

#include <filesystem>
#include <optional>

namespace headroom {

// A picture of an earlier session as its file describes it: request, seed and run record, without
// pixels. Nothing when the file is gone or was not made by this program.
[[nodiscard]] std::optional<FinishedPicture> read_made_picture(const std::filesystem::path& file,
                                                               JobId id);

}  // namespace headroom
