#pragma once
#include "pickle_reader.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>

namespace headroom {

// The content of a torch.save() file of either format: the table of its tensors, and the values of
// each storage that the table names and the file has.
struct TorchContents {
  PickledTable table;
  std::map<std::string, std::span<const std::byte>, std::less<>> storages;
};

// A table needs about 200 bytes per tensor.
inline constexpr std::size_t kMostTableBytes = 16 * 1024 * 1024;

// The format before PyTorch 1.6 (_legacy_save() in torch/serialization.py): pickles of a magic
// number, the format's version, the machine's byte order, the table of tensors, and the storages'
// keys; then for each storage a 64-bit count and that many values.
[[nodiscard]] bool starts_as_legacy_torch(std::span<const std::byte> bytes);

// Throws Error{kModelFile} naming `file`.
[[nodiscard]] TorchContents read_legacy_torch(std::span<const std::byte> bytes,
                                              const std::filesystem::path& file);

}  // namespace headroom
