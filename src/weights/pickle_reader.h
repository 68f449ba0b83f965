#pragma once
#include "headroom/weights/tensor_file.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace headroom {

// A tensor as torch.save() describes it: a view of a storage whose values are elsewhere.
struct PickledTensor {
  DType dtype = DType::kF32;
  std::string storage;                // the storage's key
  std::int64_t offset = 0;            // in values of the storage
  std::vector<std::int64_t> shape;    // extents are not negative
  std::vector<std::int64_t> strides;  // in values; as many as in `shape`
};

// The content of a pickle from torch.save().
struct PickledTable {
  // By the keys that lead to them, joined by dots: "params_ema.conv_first.weight".
  std::map<std::string, PickledTensor, std::less<>> tensors;
  std::map<std::string, DType, std::less<>> storages;  // types of all storages, by their keys
  std::size_t bytes = 0;                               // length of the pickle; others may follow
};

// Reads the table of tensors that `pickle` begins with. The machine has only the operations that
// build dictionaries, lists and numbers, and calls nothing. It accepts only the Python names that
// rebuild tensors and refuses any other, whatever it would be used for. Other content of the
// dictionaries is ignored. Throws Error{kModelFile} naming `file`.
[[nodiscard]] PickledTable read_pickled_table(std::span<const std::byte> pickle,
                                              const std::filesystem::path& file);

// A dictionary's integers and truth values, read by the same machine.
struct PickledNumbers {
  std::map<std::string, std::int64_t, std::less<>> numbers;
  std::size_t bytes = 0;
};
[[nodiscard]] PickledNumbers read_pickled_numbers(std::span<const std::byte> pickle,
                                                  const std::filesystem::path& file);

// A list of texts, read by the same machine.
struct PickledTexts {
  std::vector<std::string> texts;
  std::size_t bytes = 0;
};
[[nodiscard]] PickledTexts read_pickled_texts(std::span<const std::byte> pickle,
                                              const std::filesystem::path& file);

}  // namespace headroom
