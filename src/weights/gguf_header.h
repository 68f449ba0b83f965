#pragma once
#include "headroom/weights/tensor_header.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace headroom {

// The tensors of a GGUF file, and its metadata as text. Offsets are in bytes from `data_begin`,
// which is at most the file's size.
struct GgufHeader {
  TensorHeader header;
  std::uint64_t data_begin = 0;
};

// Whether the file begins like GGUF.
[[nodiscard]] bool is_gguf(std::span<const std::byte> start);

// Reads keys and tensor infos of versions 2 and 3. Checks them against each other and the file's
// size before memory of a size that they claim is allocated. `file` is for messages. Throws
// Error{kModelFile} for what the format forbids, for big-endian files, and for number formats that
// cannot be read here, by name.
[[nodiscard]] GgufHeader parse_gguf_header(std::span<const std::byte> bytes,
                                           const std::filesystem::path& file);

}  // namespace headroom
