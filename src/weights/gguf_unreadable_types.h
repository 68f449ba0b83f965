#pragma once
#include "headroom/weights/tensor_type.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace headroom {

// The number format with this GGUF number. For formats that cannot be read here, throws
// Error{kModelFile} with the number, and the name if it has one. `tensor` is for the message.
[[nodiscard]] DType read_gguf_dtype(std::uint32_t number, const std::string& tensor,
                                    const std::filesystem::path& file);

}  // namespace headroom
