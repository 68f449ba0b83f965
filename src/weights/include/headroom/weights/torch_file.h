#pragma once
#include "headroom/weights/tensor_file.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace headroom {

// The tensors of one file that torch.save() has written (.pth, .pt, .ckpt): a zip archive with a
// pickle and the values, or, before PyTorch 1.6, pickles with the values behind them
// (src/weights/torch_legacy.h). Pickles are read by a machine that calls nothing and accepts only
// the Python names that rebuild tensors (src/weights/pickle_reader.h). Memory-mapped: values are
// read when they are touched. Immutable; any number of threads may read one.
class TorchFile {
 public:
  // A tensor's name is the keys that lead to it, joined by dots. Integers, texts and other objects
  // are left out. Throws Error{kModelFile} with one sentence naming the file and the fault, also
  // for tensors whose values are not in the order of their shape.
  explicit TorchFile(const std::filesystem::path& file);
  ~TorchFile();
  TorchFile(TorchFile&&) noexcept;
  TorchFile& operator=(TorchFile&&) noexcept;

  [[nodiscard]] const std::map<std::string, TensorView, std::less<>>& tensors() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Whether the file begins like a zip archive or a pickle, so that it is not safetensors.
[[nodiscard]] bool looks_like_torch_file(const std::filesystem::path& file);

}  // namespace headroom
