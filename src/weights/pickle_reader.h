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

// The tensors in a pickle of torch.save(), by the keys that lead to them, joined by dots:
// "params_ema.conv_first.weight". The machine knows the operations that build dictionaries, lists
// and numbers, and calls nothing: of names of Python it takes only those by which tensors are
// rebuilt, and refuses any other, whatever would be done with it. What else the dictionaries hold
// is left out. Throws Error{kModelFile} naming `file`.
[[nodiscard]] std::map<std::string, PickledTensor, std::less<>> read_pickled_tensors(
    std::span<const std::byte> pickle, const std::filesystem::path& file);

}  // namespace headroom
