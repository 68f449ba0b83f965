#pragma once
#include "headroom/core/message.h"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace headroom {

// The tool that packed a file's weights, if they cannot be read here: "bitsandbytes", "MLX", ...;
// empty otherwise. Judged by the tensors' names and the metadata.
[[nodiscard]] Message foreign_packing(std::span<const std::string_view> names,
                                      const std::map<std::string, std::string>& metadata);

// The end of a sentence that refuses a file packed by `packing`, with the way out.
[[nodiscard]] Message foreign_packing_refusal(const Message& packing);

}  // namespace headroom
