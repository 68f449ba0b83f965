#pragma once
#include "pickle_reader.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>

namespace headroom {

// What is in a file of torch.save(), whatever its format: the table of its tensors, and the values
// of each storage that it names and that is there.
struct TorchContents {
  PickledTable table;
  std::map<std::string, std::span<const std::byte>, std::less<>> storages;
};

// A table of tensors takes some 200 bytes a tensor.
inline constexpr std::size_t kMostTableBytes = 16 * 1024 * 1024;

// The format before PyTorch 1.6 (_legacy_save() of torch/serialization.py): pickles of a magic
// number, the format's version, the machine's byte order, the table of tensors, and the keys of the
// storages; then for each of these a count of 64 bits and as many values.
[[nodiscard]] bool starts_as_legacy_torch(std::span<const std::byte> bytes);

// Throws Error{kModelFile} naming `file`.
[[nodiscard]] TorchContents read_legacy_torch(std::span<const std::byte> bytes,
                                              const std::filesystem::path& file);

}  // namespace headroom
