#pragma once
#include "headroom/weights/tensor_file.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// Files, and by what they are known again, as texts that fit the metadata of a safetensors file.

// `text` with all bytes but printable ASCII, and '%', as %XX.
[[nodiscard]] std::string escaped(std::string_view text);
[[nodiscard]] std::string unescaped(std::string_view text);

// 16 hexadecimal digits that stand for these paths, links followed, and a part of them.
[[nodiscard]] std::string fingerprint(const std::vector<std::filesystem::path>& files,
                                      std::string_view part);

// A line for each file of a store: path and stamp as they were when it was opened.
[[nodiscard]] std::string identity(const TensorStore& store);
// Whether the files that `identity` names are as they were.
[[nodiscard]] bool is_identity_of_now(const std::string& identity);

}  // namespace headroom
