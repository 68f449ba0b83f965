#pragma once
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace headroom {

// The number format that GGUF numbers `type`. Throws Error{kModelFile} naming the number, and the
// name where there is one, for formats that cannot be read here. `tensor` is for the message.
[[nodiscard]] DType gguf_dtype(std::uint32_t type, const std::string& tensor,
                               const std::filesystem::path& file);

}  // namespace headroom
