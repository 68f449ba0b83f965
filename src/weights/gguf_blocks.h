#pragma once
#include "headroom/weights/tensor_file.h"

#include <cstdint>

namespace headroom {

// Turns one block of dtype_bytes() bytes into dtype_values() float32 values.
using BlockDecoder = void (*)(const std::uint8_t* block, float* values);

// Of a format of GGUF's with more than one value a block; null for all others.
[[nodiscard]] BlockDecoder block_decoder(DType dtype);

}  // namespace headroom
