#pragma once
#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

namespace headroom {

// What `headroom inspect` says about an upscaling network: what it is, how much it enlarges, its
// size, and the memory that a picture of 512x512 needs at once on `device` ("auto" or a name).
// Every value is looked at. Throws Error{kModelFile} for what cannot be read or is damaged.
[[nodiscard]] nlohmann::ordered_json inspect_upscaler(const std::filesystem::path& file,
                                                      const std::string& device);

}  // namespace headroom
