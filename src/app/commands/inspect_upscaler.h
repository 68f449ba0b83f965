#pragma once
#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

namespace headroom {

// What `headroom inspect` reports about an upscaling network: its architecture, factor, size, and
// the memory for a picture of 512x512 in one piece on `device` ("auto" or a name). Checks every
// value. Throws Error{kModelFile} for a file that cannot be read or is damaged.
[[nodiscard]] nlohmann::ordered_json inspect_upscaler(const std::filesystem::path& file,
                                                      const std::string& device);

}  // namespace headroom
