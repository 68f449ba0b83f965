#pragma once
#include "headroom/device/device.h"

#include <filesystem>
#include <functional>
#include <string>

namespace headroom {

// Pretended programs that hold memory of the device, read from a text file at each call, so that
// free memory can be changed while this program runs. Lines are "SIZE NAME", e.g. "2.5G blender";
// other lines are ignored, and the first such line is reported once to `warn`. A missing file
// means no programs. May be called from any thread.
[[nodiscard]] OtherPrograms read_programs_from(std::filesystem::path file,
                                               std::function<void(const std::string&)> warn);

}  // namespace headroom
