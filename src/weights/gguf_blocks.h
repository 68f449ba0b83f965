#pragma once
#include <cstdint>

namespace headroom {

// Decodes one block of a GGUF format to its float32 values. Sizes are in the table of
// tensor_type.cpp.
using BlockDecoder = void(const std::uint8_t* block, float* values);

BlockDecoder decode_q4_0, decode_q4_1, decode_q5_0, decode_q5_1, decode_q8_0;
BlockDecoder decode_q2_k, decode_q3_k, decode_q4_k, decode_q5_k, decode_q6_k;
BlockDecoder decode_iq4_nl, decode_iq4_xs;

}  // namespace headroom
