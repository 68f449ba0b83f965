#pragma once
#include "headroom/weights/tensor_file.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// Describes files so that they can be recognised later, as texts for a safetensors file's
// metadata.

// `text` with all bytes but printable ASCII, and '%', as %XX.
[[nodiscard]] std::string escaped(std::string_view text);
[[nodiscard]] std::string unescaped(std::string_view text);

// 16 hexadecimal digits that identify these paths, with links resolved, and a part of the files.
[[nodiscard]] std::string fingerprint(const std::vector<std::filesystem::path>& files,
                                      std::string_view part);

// A line for each of a store's files: its path, and its stamp from when it was opened.
[[nodiscard]] std::string identity(const TensorStore& store);
// Whether the files that `identity` lists are unchanged.
[[nodiscard]] bool is_identity_of_now(const std::string& identity);

}  // namespace headroom
