#pragma once
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace headroom {

// "[64, 3, 3, 3]"
[[nodiscard]] std::string shape_text(std::span<const std::int64_t> shape);

// A tensor of a small network that is read as a whole. Throws Error{kModelFile} naming `file` and
// the tensor unless it exists with this shape, in a format that can be decoded, and with finite
// values.
[[nodiscard]] TensorView named_tensor(const std::map<std::string, TensorView, std::less<>>& tensors,
                                      std::string_view name, std::span<const std::int64_t> shape,
                                      const std::filesystem::path& file);

}  // namespace headroom
