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

// A tensor as torch.save() describes it: a window of a storage that lies elsewhere.
struct PickledTensor {
  DType dtype = DType::kF32;
  std::string storage;                // its key
  std::int64_t offset = 0;            // in values
  std::vector<std::int64_t> shape;    // no extent below 0
  std::vector<std::int64_t> strides;  // in values, as many
};

// What a pickle of torch.save() tells of.
struct PickledTable {
  // By the keys that lead to them, joined by dots: "params_ema.conv_first.weight".
  std::map<std::string, PickledTensor, std::less<>> tensors;
  std::map<std::string, DType, std::less<>> storages;  // all that are named, by their keys
  std::size_t bytes = 0;                               // of the pickle; others may follow it
};

// Reads the table of tensors that `pickle` begins with. The machine knows the operations that build
// dictionaries, lists and numbers, and calls nothing: of names of Python it takes only those by
// which tensors are rebuilt, and refuses any other, whatever would be done with it. What else the
// dictionaries hold is left out. Throws Error{kModelFile} naming `file`.
[[nodiscard]] PickledTable read_pickled_table(std::span<const std::byte> pickle,
                                              const std::filesystem::path& file);

// By the same machine, a dictionary's whole numbers and truth values.
struct PickledNumbers {
  std::map<std::string, std::int64_t, std::less<>> numbers;
  std::size_t bytes = 0;
};
[[nodiscard]] PickledNumbers read_pickled_numbers(std::span<const std::byte> pickle,
                                                  const std::filesystem::path& file);

// By the same machine, a list of texts.
struct PickledTexts {
  std::vector<std::string> texts;
  std::size_t bytes = 0;
};
[[nodiscard]] PickledTexts read_pickled_texts(std::span<const std::byte> pickle,
                                              const std::filesystem::path& file);

}  // namespace headroom
