#pragma once
#include "headroom/weights/tensor_file.h"
#include "headroom/weights/tensor_header.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace headroom {

// A file's tensors, whose data are in the file's bytes, and its metadata.
struct TensorContents {
  std::map<std::string, TensorView, std::less<>> tensors;
  std::map<std::string, std::string> metadata;
};

// One kind of file that holds tensors: how it is recognised and how it is read.
struct TensorContainer {
  Container container;
  std::string_view name;  // "gguf", in JSON
  bool (*recognises)(std::span<const std::byte> bytes);
  // Throws Error{kModelFile} naming `file` and the fault for anything that the format forbids.
  // Never allocates more than the header's own size suggests.
  TensorContents (*read)(std::span<const std::byte> bytes, const std::filesystem::path& file);
};

// The tensors of a header whose offsets count from the start of `data`.
[[nodiscard]] TensorContents views_of(TensorHeader header, std::span<const std::byte> data);

// The kind of file that begins with these bytes; safetensors if it is no other.
[[nodiscard]] const TensorContainer& container_of(std::span<const std::byte> bytes);

// The kinds' readers, each in its own file.
[[nodiscard]] TensorContents read_safetensors(std::span<const std::byte> bytes,
                                              const std::filesystem::path& file);
[[nodiscard]] TensorContents read_gguf(std::span<const std::byte> bytes,
                                       const std::filesystem::path& file);

}  // namespace headroom
