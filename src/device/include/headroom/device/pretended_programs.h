#pragma once
#include "headroom/device/device.h"

#include <filesystem>
#include <functional>
#include <string>

namespace headroom {

// Other programs that hold memory of the device, as a text file says each time it is asked, so that
// free memory can be made to change while this program runs: lines "SIZE NAME", e.g. "2.5G
// blender". A missing file says nothing. The first line that says something else is told to `warn`,
// once; such lines are ignored. Any thread.
[[nodiscard]] OtherPrograms read_programs_from(std::filesystem::path file,
                                               std::function<void(const std::string&)> warn);

}  // namespace headroom
