#pragma once
#include "headroom/core/message.h"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace headroom {

// What packed a file's weights, if it is a way that cannot be read here: "bitsandbytes", "MLX",
// ...; empty otherwise. Told by the names of tensors and the metadata.
[[nodiscard]] Message foreign_packing(std::span<const std::string_view> names,
                                      const std::map<std::string, std::string>& metadata);

// The end of a sentence about a file whose weights `packing` packed, with the way out.
[[nodiscard]] Message foreign_packing_refusal(const Message& packing);

}  // namespace headroom
