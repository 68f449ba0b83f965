#pragma once
#include "headroom/weights/tensor_type.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace headroom {

// The number format that GGUF numbers so. Throws Error{kModelFile} naming the number, and the name
// where there is one, for formats that cannot be read here. `tensor` is for the message.
[[nodiscard]] DType read_gguf_dtype(std::uint32_t number, const std::string& tensor,
                                    const std::filesystem::path& file);

// The reverse. Throws Error{kInternal} for what GGUF has no number for.
[[nodiscard]] std::uint32_t gguf_number(DType dtype);

}  // namespace headroom
