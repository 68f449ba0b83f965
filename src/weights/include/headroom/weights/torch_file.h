#pragma once
#include "headroom/weights/tensor_file.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace headroom {

// The tensors of one file that torch.save() wrote since PyTorch 1.6 (.pth, .pt, .ckpt): a zip
// archive of a pickle and the values. The pickle is read by a machine that calls nothing and knows
// no names of Python but those by which tensors are rebuilt (src/weights/pickle_reader.h).
// Memory-mapped: values are read when they are touched. Immutable; any number of threads.
class TorchFile {
 public:
  // Names are the keys that lead to a tensor, joined by dots. Integers, texts and what else lies
  // beside tensors are left out. Throws Error{kModelFile} with one sentence naming the file and the
  // fault, also for tensors whose values do not lie in the order of their shape.
  explicit TorchFile(const std::filesystem::path& file);
  ~TorchFile();
  TorchFile(TorchFile&&) noexcept;
  TorchFile& operator=(TorchFile&&) noexcept;

  [[nodiscard]] const std::map<std::string, TensorView, std::less<>>& tensors() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// True for a file that begins as a zip archive or a pickle does, by which it is no safetensors
// file.
[[nodiscard]] bool looks_like_torch_file(const std::filesystem::path& file);

}  // namespace headroom
