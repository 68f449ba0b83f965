#pragma once
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace headroom {

// Where each tensor's data begins in a GGUF file: at a multiple of this, counted from the header's
// end, which is one, too.
inline constexpr std::int64_t kGgufAlignment = 32;

using GgufKey = std::pair<std::string, std::variant<std::uint32_t, float, std::string>>;

// Header of a GGUF file, version 3, of tensors whose data follow in this order; `data` of them is
// not looked at.
[[nodiscard]] std::string gguf_file_header(const std::vector<GgufKey>& keys,
                                           const std::vector<NamedTensor>& tensors);

}  // namespace headroom
