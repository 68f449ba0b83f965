#pragma once
#include <cstdint>
#include <filesystem>

namespace headroom {

// Bytes of all .safetensors files in the folder of one network, links followed; 0 where there is no
// such folder, as with models that are not here yet.
[[nodiscard]] std::int64_t weight_file_bytes(const std::filesystem::path& folder);

}  // namespace headroom
