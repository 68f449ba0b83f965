#pragma once
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace headroom {

// Each tensor's data begins at a multiple of this in a GGUF file, counted from the header's end,
// which is at a multiple as well.
inline constexpr std::int64_t kGgufAlignment = 32;

using GgufKey = std::pair<std::string, std::variant<std::uint32_t, float, std::string>>;

// The header of a GGUF file, version 3, for tensors whose data follow in this order; their `data`
// is not read.
[[nodiscard]] std::string gguf_file_header(const std::vector<GgufKey>& keys,
                                           const std::vector<NamedTensor>& tensors);

}  // namespace headroom
