#pragma once
#include "headroom/core/message.h"
#include "headroom/weights/tensor_file.h"

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace headroom {

// Whose weights a file has.
enum class WeightKind {
  kUnknown,      // tensors that no known model has
  kTransformer,  // of Z-Image
  kTextEncoder,  // Qwen3
  kDecoder,      // the VAE
  kAllInOne,     // all three, or two of them
  kTinyDecoder,  // TAEF1
  kLora,         // LoRA, LoKr, LoHa
  kControlNet,   // of Z-Image
  kForeign       // another model's, or packed in a way that cannot be read
};

// The kind of a file, with words for it.
struct FileKind {
  WeightKind kind = WeightKind::kUnknown;
  Message what;        // "a Z-Image transformer, fused names", with an article
  std::string prefix;  // of the transformer's names: "" or "model.diffusion_model."
  Message refusal;     // kForeign: the end of a sentence that names what it is, with the way out
};

// What a file's tensors are, judged by their names and the metadata; never by the file's name.
[[nodiscard]] FileKind tell_kind(std::span<const std::string_view> names,
                                 const std::map<std::string, std::string>& metadata,
                                 Container container);
[[nodiscard]] FileKind tell_kind(const TensorFile& file);

// Whether the file begins like safetensors or GGUF, or has the extension of one. Opening it tells
// what is wrong otherwise.
[[nodiscard]] bool is_weight_file(const std::filesystem::path& file);

// The file's first 256 bytes; fewer if it is shorter, none if it cannot be read.
[[nodiscard]] std::string file_start(const std::filesystem::path& file);

}  // namespace headroom
